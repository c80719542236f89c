import { fail, ok, type Result } from '#shared/result.ts';
import { OOM_SCORE_ADJ_MIN } from '#shared/kernel/badness/badness.ts';
import { isPassedOver } from '#shared/kernel/badness/oom-score.ts';
import { globalTotalPages } from '#shared/kernel/badness/total-pages.ts';
import { type ProcessId } from '#shared/model/process.ts';
import { type KernelFiles } from '../proc/kernel-files.ts';
import { readPasswd } from '../proc/passwd.ts';
import { readSelfLimits } from '../proc/pid/self-limits.ts';
import { AddressSpaces } from './processes/address-spaces.ts';
import { CgroupTable } from './cgroup-table.ts';
import { type CgroupSurroundings } from './cgroups.ts';
import { type Clock } from './clock.ts';
import { frontOf } from './processes/front.ts';
import { type LearnedRules, learnRules } from './learned-rules.ts';
import { readHostFacts, type HostFacts } from './machine/host-facts.ts';
import { OomSettingsFiles } from './machine/oom-settings.ts';
import { MemoryReader, type MemoryReading } from './machine/memory-reading.ts';
import { type ObservedProcess } from './processes/observed-process.ts';
import { ProcessTable, type TrackedProcess } from './processes/process-table.ts';
import { type ProcessReading } from './processes/read-process.ts';
import { ScopeMembers } from './scope-members.ts';
import { withNames, type Naming, type Snapshot } from './snapshot.ts';
import { Turn } from './turn.ts';

/** What the clients show: it is read closely in every tick. */
export interface Interest {
  /** Places of the machine's kill order. */
  readonly orderCount: number;
  readonly watched: readonly ProcessId[];
  /** Paths of the cgroups whose kill order is shown. */
  readonly scopes: readonly string[];
  /** Paths of more cgroups whose figures are read in this tick. */
  readonly groups?: readonly string[];
  /** Read the figures of every process in this tick. */
  readonly everything: boolean;
  /** No client is connected: in most ticks it is enough to see whether anything of the front has changed. */
  readonly glance: boolean;
}

/** Descriptors left for everything else: the database, sockets, the page. */
const RESERVED_DESCRIPTORS = 256;
/** Of many processes that share the score at the edge, those that are asked in a tick whether anything changed. */
const EDGE_PROBES = 32;
/** The same where the first place hangs on it. */
const FIRST_PLACE_PROBES = 512;
/** Ticks of the slow round, in which every process is read again, and the fewest that are read after a tick. */
const ROUND_TICKS = 240;
const FEWEST_A_ROUND = 2;
/** In one of this many rounds everything is read, also the cgroup; in the others only of processes whose size, faults or score have changed. */
const FULL_ROUND = 4;
/** Without a client the same holds for the front, in ticks, and a slow round takes this many times as long. */
const FULL_FRONT = 8;
const GLANCE_SLOWER = 2;
/** Ticks after which everything is read of the front, also the cgroup: with a client and without. */
const WHOLE_FRONT = 32;
const WHOLE_FRONT_GLANCE = 256;
/** Samples the machine: reads the score of every process first, and looks closer only where it matters. */
export class Sampler {
  readonly host: HostFacts;
  /** Names the processes of all further snapshots. */
  naming: Naming | undefined;
  readonly #clock: Clock;
  readonly #table: ProcessTable;
  readonly #addressSpaces: AddressSpaces;
  readonly #reading: ProcessReading;
  readonly #memoryReader: MemoryReader;
  readonly #settings: OomSettingsFiles;
  readonly #cgroups = new CgroupTable();
  #learned: LearnedRules;
  readonly #scopes = new ScopeMembers();
  readonly #edgeTurn = new Turn();
  #seq = 0;
  #roundTurn: IterableIterator<TrackedProcess> | undefined;
  #rounds = 0;
  #young: readonly TrackedProcess[] = [];
  #front: readonly TrackedProcess[] = [];
  #memory: MemoryReading | undefined;
  /** What the last tick was for, and found. */
  #last: { interest: Interest; surroundings: CgroupSurroundings; monotonicMs: number } | undefined;

  private constructor(files: KernelFiles, clock: Clock, host: HostFacts, mostKept: number) {
    this.#clock = clock;
    this.host = host;
    this.#learned = { rules: host.rules, formulaEvidence: 'version', counters: 'same' };
    this.#table = new ProcessTable(files, mostKept);
    this.#addressSpaces = new AddressSpaces(files, host.pageSizeBytes);
    this.#memoryReader = new MemoryReader(files);
    this.#settings = new OomSettingsFiles(files);
    const passwd = readPasswd(files);
    this.#reading = { files, host, users: passwd.ok ? passwd.value : new Map() };
  }

  /** Fails where there is no /proc to read. `mostKept` bounds the descriptors kept open; by default as many as the process may. */
  static open(files: KernelFiles, clock: Clock, mostKept?: number): Result<Sampler> {
    const host = readHostFacts(files);
    if (!host.ok) return host;
    const limits = readSelfLimits(files);
    // Node raises its soft limit to the hard one at start.
    const allowed = (limits.ok ? limits.value.openFilesSoft : 1024) - RESERVED_DESCRIPTORS;
    const most = mostKept ?? Math.max(0, allowed);
    return ok(new Sampler(files, clock, host.value, most));
  }

  /** How many processes are there, and for how many of them a descriptor is kept. */
  get kept(): { readonly processes: number; readonly descriptors: number } {
    return { processes: this.#table.size, descriptors: this.#table.keptCount };
  }

  /** One tick. Fails when /proc cannot be read; the next one may succeed again. A caller that goes on calls `lookAround` after each. */
  sample(interest: Interest): Result<Snapshot> {
    const seq = ++this.#seq;
    const monotonicMs = this.#clock.monotonicMs();
    const memory = this.#memoryReader.read(monotonicMs, this.#memory);
    if (!memory.ok) return unreadable(memory.path, memory.errno ?? memory.why);
    this.#memory = memory.value;
    const { memTotalBytes, swapTotalBytes } = memory.value.meminfo;
    const totalPages = globalTotalPages(memTotalBytes, swapTotalBytes, this.host.pageSizeBytes);

    const newcomers = this.#table.refresh(seq, this.#reading);
    if (!newcomers.ok) return unreadable(newcomers.path, newcomers.errno ?? newcomers.why);

    const members = this.#scopes.refresh(this.host, interest.scopes, newcomers.value);
    this.#lookCloser(seq, interest, totalPages);
    this.#young = seq === 1 ? [] : newcomers.value;
    if (seq === 1) this.#learned = learnRules(this.host, this.#table.all(), totalPages);

    const settings = this.#settings.read();
    const surroundings = {
      host: this.host,
      totalSwapPages: Math.trunc(swapTotalBytes / this.host.pageSizeBytes),
      swappiness: settings.swappiness,
    };
    const watched = interest.watched.flatMap(({ pid }) => this.#table.get(pid)?.observed.cgroup ?? []);
    const everywhere = () => this.#cgroupPaths(interest);
    this.#cgroups.refresh(
      interest.scopes,
      [...watched, ...(interest.groups ?? [])],
      everywhere,
      surroundings,
      monotonicMs,
    );
    this.#last = { interest, surroundings, monotonicMs };
    return ok(
      withNames(this.naming, {
        seq,
        timeMs: this.#clock.nowMs(),
        monotonicMs,
        host: this.host,
        ...this.#learned,
        memory: memory.value,
        globalTotalPages: totalPages,
        settings,
        processes: this.#observed(seq, totalPages),
        cgroups: this.#cgroups.cgroups,
        scopeMembers: members,
        unreadableCount: this.#table.unreadableCount,
      }),
    );
  }

  /**
   * What a tick leaves for the time after its answer, because it is not seen before the next one: the slow round, the list of /proc, and now
   * and then what is known of the front and the limits of all cgroups.
   */
  lookAround(): void {
    if (this.#last === undefined) return;
    const { interest, surroundings, monotonicMs } = this.#last;
    this.#goRound(this.#seq, interest.glance);
    if (this.#seq % (interest.glance ? WHOLE_FRONT_GLANCE : WHOLE_FRONT) === 0) {
      for (const tracked of this.#front) this.#table.rereadAll(tracked, this.#seq, this.#reading);
    }
    this.#table.lookAround(this.#seq);
    this.#scopes.lookAround(this.host);
    this.#cgroups.lookAround(() => this.#cgroupPaths(interest), surroundings, monotonicMs);
  }

  /** Processes that the kernel has killed so far; undefined where it does not say. Costs a hundredth of a tick. */
  oomKills(): number | undefined {
    return this.#memoryReader.readOomKills();
  }

  /** True when one of the first places has ended since the last tick. Costs a read for each of them. */
  hasLostFront(): boolean {
    return this.#front.some((tracked) => this.#table.hasEnded(tracked));
  }

  close(): void {
    this.#table.close();
    this.#memoryReader.close();
    this.#settings.close();
  }

  /** Reads the processes whose figures matter now and were not read in this tick yet. */
  #lookCloser(seq: number, interest: Interest, machinePages: number): void {
    const table = this.#table;
    const reading = this.#reading;
    // Where every process is read, none is read more often than others.
    const holdOpen = !interest.everything;
    const read = (tracked: TrackedProcess | undefined) => {
      if (tracked !== undefined && tracked.readSeq !== seq) table.reread(tracked, seq, reading, holdOpen);
    };
    // A process that was read between fork and exec was still another program.
    for (const tracked of this.#young) table.rereadAll(tracked, seq, reading);
    if (interest.everything) for (const tracked of table.all()) read(tracked);
    for (const { pid } of interest.watched) read(table.get(pid));
    for (const path of interest.scopes) {
      const totalPages = this.#cgroups.cgroups.get(path)?.totalPages ?? machinePages;
      for (const tracked of this.#scopes.toRead(path, totalPages, (pid) => table.get(pid))) read(tracked);
    }
    const front = frontOf(table.all(), interest.orderCount);
    const glance = interest.glance && seq % FULL_FRONT !== 0;
    this.#front = front.sure;
    for (const tracked of front.sure) {
      if (glance && tracked.kept !== undefined && !table.hasChanged(tracked)) tracked.readSeq = seq;
      else read(tracked);
    }
    const probes = front.edgeHoldsFirst ? FIRST_PLACE_PROBES : EDGE_PROBES;
    for (const tracked of this.#edgeTurn.take(front.edge, probes)) {
      if (tracked.readSeq !== seq && table.hasChanged(tracked)) read(tracked);
    }
  }

  /** The slow round: the turn of every process comes, whether its figures matter now or not. */
  #goRound(seq: number, glance: boolean): void {
    for (const tracked of this.#nextInRound(glance ? GLANCE_SLOWER * ROUND_TICKS : ROUND_TICKS)) {
      const isFull = this.#rounds % FULL_ROUND === FULL_ROUND - 1;
      if (isFull || (tracked.readSeq !== seq && this.#table.hasChanged(tracked)))
        this.#table.rereadAll(tracked, seq, this.#reading);
    }
  }

  #nextInRound(ticks: number): TrackedProcess[] {
    const share = Math.max(FEWEST_A_ROUND, Math.ceil(this.#table.size / ticks));
    const turn: TrackedProcess[] = [];
    while (turn.length < share) {
      this.#roundTurn ??= this.#table.all().values();
      const next = this.#roundTurn.next();
      if (next.done === true) {
        this.#roundTurn = undefined;
        this.#rounds += 1;
        break;
      }
      turn.push(next.value);
    }
    return turn;
  }

  /** All processes in fork order; those that share an address space carry its number. */
  #observed(seq: number, totalPages: number): Snapshot['processes'] {
    const all = this.#table.all();
    const { sharers } = this.#addressSpaces;
    // Processes that were read since the last snapshot: in this tick, or after the one before.
    const asked = all
      .filter(({ pid, readSeq }) => readSeq >= seq - 1 || (sharers.size > 0 && sharers.has(pid)))
      .map(({ observed }) => observed);
    if (seq % ROUND_TICKS === 0) {
      this.#addressSpaces.forget((pid, startTicks) => this.#table.get(pid)?.startTicks === startTicks);
    }
    // A single look has no next tick to wait for; a group takes two comparisons a member at most.
    const mmOf = this.#addressSpaces.find(asked, seq === 1 ? 2 * asked.length : undefined);
    return all.map((tracked) => {
      const { observed, oomScore } = tracked;
      const mm = mmOf.size === 0 ? undefined : mmOf.get(tracked.pid);
      const passedOver = oomScore === 0 && this.#isPassedOver(observed, totalPages);
      if (mm === undefined && !passedOver && observed.oomScore === oomScore) return observed;
      const before = tracked.published;
      const isSame = tracked.publishedFrom === observed && before.oomScore === oomScore && before.mm === mm;
      if (isSame && (before.passedOver === true) === passedOver) return before;
      tracked.publishedFrom = observed;
      tracked.published = {
        ...observed,
        oomScore,
        ...(mm === undefined ? {} : { mm }),
        ...(passedOver ? { passedOver } : {}),
      };
      return tracked.published;
    });
  }

  #isPassedOver(
    { memory, oomScoreAdj, globalInit, kernelThread }: ObservedProcess,
    totalPages: number,
  ): boolean {
    if (memory === undefined || globalInit || kernelThread || oomScoreAdj === OOM_SCORE_ADJ_MIN) return false;
    // Scores that fit no formula (gVisor prints 0 for every process) say nothing.
    if (this.#learned.formulaEvidence === 'contradicted') return false;
    return isPassedOver(this.#learned.rules.formula, { ...memory, oomScoreAdj }, 0, totalPages);
  }

  #cgroupPaths({ scopes }: Interest): string[] {
    const paths = new Set(['/', ...scopes]);
    for (const { observed } of this.#table.all()) paths.add(observed.cgroup);
    return [...paths];
  }
}

function unreadable(path: string, why: string): Result<never> {
  return fail('proc-unreadable', { what: 'file', path, errno: why });
}
