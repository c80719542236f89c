import { closeSync, existsSync } from 'node:fs';
import { compareForkOrder } from '#shared/kernel/task.ts';
import { offerDescriptors } from '../../proc/descriptors.ts';
import { type KernelFiles, type Read } from '../../proc/kernel-files.ts';
import { type PidStat, readPidStat } from '../../proc/pid/stat.ts';
import { NewPids } from './new-pids.ts';
import { type Identity } from './identity.ts';
import { KeptProcess, readProcessTexts, type ProcessTexts } from './kept-process.ts';
import { type ObservedProcess } from './observed-process.ts';
import { readProcess, type ProcessReading } from './read-process.ts';
import { openScore, readScore, readScoreOnce } from './score-file.ts';

/** A process that is being followed. */
export interface TrackedProcess {
  readonly pid: number;
  readonly startTicks: number;
  /** Its oom_score, kept open: a read from it fails once the process is dead, even when its pid is in use again. */
  descriptor: number | undefined;
  /** As printed in this tick. */
  oomScore: number;
  identity: Identity;
  observed: ObservedProcess;
  /** What was published in place of figures that did not say all, and of which. */
  published: ObservedProcess;
  publishedFrom: ObservedProcess;
  /** The tick in which its figures were read last. */
  readSeq: number;
  /** Held open while it is read in every tick, and what they said last. */
  kept: KeptProcess | undefined;
  texts: ProcessTexts | undefined;
  /** What stat said when its figures were read. */
  stat: PidStat;
}

/** Processes whose files are held open at most, three files each; one that was not read for HELD_OPEN_TICKS is closed. */
const MOST_HELD_OPEN = 48;
const HELD_OPEN_TICKS = 4;
/** Where descriptors are scarce, this many scores at a time are read by path from then on. */
const GIVEN_UP_AT_ONCE = 64;

/**
 * All processes, with the score that the kernel prints for each in every tick. The first thing a tick does, and the only one whose cost
 * grows with everything that runs: one pread on a kept descriptor a process.
 */
export class ProcessTable {
  /** In fork order, as the kernel scans them. */
  #tracked = new Map<number, TrackedProcess>();
  /** The same as a list, made when it is asked for: every tick goes through it several times. */
  #list: readonly TrackedProcess[] | undefined;
  #keptCount = 0;
  readonly #heldOpen = new Set<TrackedProcess>();
  readonly #newPids: NewPids;
  #unreadableCount = 0;
  readonly #files: KernelFiles;
  /** How many descriptors of scores may be kept, and how many processes held open. */
  #mostKept: number;
  #mostHeldOpen: number;
  readonly #withdrawOffer: () => void;

  constructor(files: KernelFiles, mostKept: number) {
    this.#files = files;
    this.#mostHeldOpen = Math.min(MOST_HELD_OPEN, Math.floor(mostKept / 16));
    this.#mostKept = mostKept - 3 * this.#mostHeldOpen;
    this.#newPids = new NewPids(files);
    this.#withdrawOffer = offerDescriptors(() => this.#giveUpDescriptors());
  }

  get size(): number {
    return this.#tracked.size;
  }

  get keptCount(): number {
    return this.#keptCount;
  }

  /** How many are there that could not be read when /proc was listed last: not for us, or not as the kernel writes it. */
  get unreadableCount(): number {
    return this.#unreadableCount;
  }

  /** In fork order. */
  all(): readonly TrackedProcess[] {
    return (this.#list ??= [...this.#tracked.values()]);
  }

  get(pid: number): TrackedProcess | undefined {
    return this.#tracked.get(pid);
  }

  /**
   * Brings the table up to date: scores of all, figures of newcomers, the ended ones out. Returns the newcomers, or why /proc cannot
   * be listed.
   */
  refresh(seq: number, reading: ProcessReading): Read<readonly TrackedProcess[]> {
    const found = this.#newPids.look();
    if (!found.ok) return found;
    const { pids, complete } = found.value;
    this.#closeUnread(seq);
    const unknown = pids.filter((pid) => !this.#tracked.has(pid));
    for (const tracked of this.all()) {
      // The kernel never kills its own threads, and unless its pid is new, it still is one.
      if (tracked.observed.kernelThread && !complete && !pids.includes(tracked.pid)) continue;
      const score = this.#readScore(tracked);
      if (score === tracked.oomScore) continue;
      if (score === undefined) {
        this.#drop(tracked);
        unknown.push(tracked.pid);
      } else tracked.oomScore = score;
    }
    // Twice: a process may run exec, or end, between two of the reads.
    const readNew = (pid: number) => this.#readNew(pid, seq, reading) ?? this.#readNew(pid, seq, reading);
    const newcomers = unknown.flatMap((pid) => readNew(pid) ?? []);
    if (complete) this.#unreadableCount = this.#countUnreadable(unknown, newcomers);
    this.#add(newcomers);
    return { ok: true, value: newcomers };
  }

  /** True when that very process has ended, even when its pid is in use again. */
  hasEnded(tracked: TrackedProcess): boolean {
    return this.#readScore(tracked) === undefined;
  }

  /** Work that need not be done within the tick: listing /proc for processes that the last pid did not show. */
  lookAround(seq: number): void {
    this.#newPids.listAhead(seq);
  }

  /**
   * Whether the figures of one differ from what is known of them, for less than reading them. What oom_badness() adds up changes with the
   * resident pages of stat, which are the very approximation that it takes, with the size, or with a page fault; swap alone can be given
   * back without any of these. Of the adjustment, whose file may not be held open, the score shows all but the smallest steps.
   */
  hasChanged({ pid, oomScore, observed, kept, stat }: TrackedProcess): boolean {
    if (oomScore !== observed.oomScore) return true;
    // Of a dead leader whose threads live on its own files do not tell.
    if (stat.rssPages !== (observed.memory?.rssPages ?? 0)) return true;
    const adj = kept?.readAdj();
    if (adj?.ok === true && adj.value !== observed.oomScoreAdj) return true;
    const now = kept?.readStat() ?? readPidStat(this.#files, pid);
    return now.ok && now.value !== stat && !hasSameMemory(now.value, stat);
  }

  /**
   * Reads the figures of one process again, and its command only when its name has changed. `holdOpen`: it will be read in the next ticks
   * as well, so holding its files open is cheaper. False when it has ended; the next refresh removes it.
   */
  reread(tracked: TrackedProcess, seq: number, reading: ProcessReading, holdOpen: boolean): boolean {
    const { files, host } = reading;
    if (holdOpen && tracked.kept === undefined && this.#heldOpen.size < this.#mostHeldOpen) {
      tracked.kept = new KeptProcess(files, tracked.pid, host.pageSizeBytes);
      this.#heldOpen.add(tracked);
    }
    const texts = tracked.kept?.read() ?? readProcessTexts(files, tracked.pid, host.pageSizeBytes);
    const { observed } = tracked;
    // Of a dead leader whose threads live on these files do not tell all, nor those of a kernel before 4.5.
    const isUnchanged = texts === tracked.texts && texts?.status.memory?.rssAnonPages !== undefined;
    if (isUnchanged && observed.oomScore === tracked.oomScore) {
      tracked.readSeq = seq;
      return true;
    }
    tracked.texts = texts;
    return this.#take(
      tracked,
      seq,
      readProcess(reading, tracked.pid, tracked.oomScore, tracked.identity, texts),
    );
  }

  /** Like `reread`, with the command; for processes that are read now and then. */
  rereadAll(tracked: TrackedProcess, seq: number, reading: ProcessReading): boolean {
    tracked.texts = undefined;
    return this.#take(tracked, seq, readProcess(reading, tracked.pid, tracked.oomScore));
  }

  #take(tracked: TrackedProcess, seq: number, read: ReturnType<typeof readProcess>): boolean {
    if (read?.process.startTicks !== tracked.startTicks) return false;
    tracked.observed = read.process;
    tracked.identity = read.identity;
    tracked.stat = read.stat;
    tracked.readSeq = seq;
    return true;
  }

  close(): void {
    this.#withdrawOffer();
    for (const tracked of this.all()) this.#drop(tracked);
    this.#newPids.close();
  }

  /** The score of that very process, or undefined when it has ended. */
  #readScore({ pid, startTicks, descriptor }: TrackedProcess): number | undefined {
    if (descriptor !== undefined) return readScore(descriptor);
    const stat = readPidStat(this.#files, pid);
    return stat.ok && stat.value.startTicks === startTicks ? readScoreOnce(this.#files, pid) : undefined;
  }

  #readNew(pid: number, seq: number, reading: ProcessReading): TrackedProcess | undefined {
    const descriptor = this.#keptCount < this.#mostKept ? openScore(this.#files, pid) : undefined;
    const read = readProcess(reading, pid, 0);
    // Still readable after everything else was read: so it was the same process all the time.
    const oomScore = descriptor === undefined ? readScoreOnce(this.#files, pid) : readScore(descriptor);
    if (read === undefined || oomScore === undefined) {
      if (descriptor !== undefined) closeSync(descriptor);
      return undefined;
    }
    if (descriptor !== undefined) this.#keptCount += 1;
    const { process, identity } = read;
    const observed = { ...process, oomScore };
    return {
      pid,
      startTicks: process.startTicks,
      descriptor,
      oomScore,
      identity,
      observed,
      published: observed,
      publishedFrom: observed,
      readSeq: seq,
      kept: undefined,
      texts: undefined,
      stat: read.stat,
    };
  }

  #countUnreadable(unknown: readonly number[], newcomers: readonly TrackedProcess[]): number {
    if (unknown.length === newcomers.length) return 0;
    const read = new Set(newcomers.map(({ pid }) => pid));
    return unknown.filter((pid) => !read.has(pid) && existsSync(`${this.#files.proc}/${pid}`)).length;
  }

  #add(newcomers: TrackedProcess[]): void {
    if (newcomers.length === 0) return;
    this.#list = undefined;
    newcomers.sort(compareForkOrder);
    const oldest = newcomers[0];
    const youngest = [...this.#tracked.values()].at(-1);
    for (const newcomer of newcomers) this.#tracked.set(newcomer.pid, newcomer);
    if (oldest !== undefined && youngest !== undefined && compareForkOrder(oldest, youngest) < 0) {
      // One could not be read when it was new: sort all by start again.
      const sorted = [...this.#tracked.values()].sort(compareForkOrder);
      this.#tracked = new Map(sorted.map((tracked) => [tracked.pid, tracked]));
    }
  }

  #drop(tracked: TrackedProcess): void {
    this.#closeScore(tracked);
    this.#closeHeld(tracked);
    this.#tracked.delete(tracked.pid);
    this.#list = undefined;
  }

  /**
   * Closes some of what is kept, and keeps less from then on. The lowest numbers first: a limit that was lowered after the start forbids numbers
   * above it, however few are open.
   */
  #giveUpDescriptors(): boolean {
    const kept = this.all().filter(({ descriptor }) => descriptor !== undefined);
    kept.sort((a, b) => (a.descriptor ?? 0) - (b.descriptor ?? 0));
    for (const tracked of kept.slice(0, GIVEN_UP_AT_ONCE)) this.#closeScore(tracked);
    this.#mostKept = this.#keptCount;
    if (kept.length > 0) return true;
    const held = [...this.#heldOpen];
    this.#mostHeldOpen = 0;
    for (const tracked of held) {
      // One of them may be in the middle of a reading.
      tracked.kept?.stopHolding();
      this.#closeHeld(tracked);
    }
    return held.length > 0;
  }

  #closeScore(tracked: TrackedProcess): void {
    if (tracked.descriptor === undefined) return;
    closeSync(tracked.descriptor);
    tracked.descriptor = undefined;
    this.#keptCount -= 1;
  }

  #closeUnread(seq: number): void {
    for (const tracked of this.#heldOpen) {
      if (tracked.readSeq < seq - HELD_OPEN_TICKS) this.#closeHeld(tracked);
    }
  }

  #closeHeld(tracked: TrackedProcess): void {
    tracked.kept?.close();
    tracked.kept = undefined;
    this.#heldOpen.delete(tracked);
  }
}

function hasSameMemory(a: PidStat, b: PidStat): boolean {
  return (
    a.rssPages === b.rssPages &&
    a.sizeBytes === b.sizeBytes &&
    a.minorFaults === b.minorFaults &&
    a.majorFaults === b.majorFaults
  );
}
