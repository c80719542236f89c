import { userInfo } from 'node:os';
import { fail, ok, type Failure, type Result } from '#shared/result.ts';
import { failureLine } from '#shared/words/index.ts';
import { type ProcessId } from '#shared/model/process.ts';
import { type Asks } from '../../helper/client/methods.ts';
import { rightsNow, startHelper } from '../../helper/client/start-helper.ts';
import { writeOwnAdj } from '../../own-writes/adj.ts';
import { findDropIns } from '../../own-writes/drop-ins.ts';
import { keptFor } from '../../own-writes/kept-for.ts';
import { keepUserUnitAdj } from '../../own-writes/user-unit.ts';
import { readBootId } from '../../proc/boot-id.ts';
import { rootOf, type KernelFiles } from '../../proc/kernel-files.ts';
import { readOomScoreAdj } from '../../proc/pid/oom-score-adj.ts';
import { seeProcess } from '../../proc/pid/look.ts';
import { readPidStat } from '../../proc/pid/stat.ts';
import { configFolder, stateFolder } from '../../store/folders.ts';
import { Journal } from '../../store/journal.ts';
import { type Protections } from '../../store/protections.ts';
import { lazyJournal } from '../../store/lazy-journal.ts';
import { memoryRecord } from '../events/memory-record.ts';
import { RULES_FILE } from '../rules/rules-file.ts';
import { wholeCommandIn } from '../rules/whole-command.ts';
import { type ChangeJournal, type Changes, type Emit } from '../world.ts';
import { lastingChecks } from './adj/lasting-checks.ts';
import { helperListener, type KernelLogListener } from './helper-listener.ts';
import { PendingChanges } from './pending-changes.ts';
import { readBackFrom } from './read-back.ts';
import { newPlanned } from './planned-requests.ts';
import { Recorder } from './recorder.ts';
import { ChangeRights, type ChangePolicy } from './rights.ts';
import { checkKeep, isKeptAlready, readKept } from './sysctl/keep.ts';
import { type Tuning } from './sysctl/tuning.ts';

/** What happens to changes without being asked for. */
export type ChangeEvent = 'change.rights' | 'change.pending' | 'change.journal';

/** What differs between the front ends. */
export interface OpenChangesOptions {
  readonly files: KernelFiles;
  readonly policy: ChangePolicy;
  /** Where a password may be asked for. */
  readonly asks: Asks;
  /** Every setting as it is now. */
  readonly tuning: () => Tuning;
  readonly emit: Emit<ChangeEvent>;
  readonly log: (line: string) => void;
  /** Begins a journal only with its first entry: for one command, which may be a rehearsal. */
  readonly lazy?: true;
  /** Hears the kernel's log while the helper runs. */
  readonly kernelLog?: KernelLogListener;
}

/** The way to change this machine, and what is remembered of changes. */
export interface OpenedChanges {
  readonly changes: Changes;
  readonly userName: string;
  /** The journal as rules need it. */
  readonly journal: ChangeJournal;
  /** Where alerts are recorded: beside the journal, or in memory where that cannot be opened. */
  readonly alertRecord: ReturnType<typeof memoryRecord>;
  /** The processes of this boot that the user has protected, by the journal. */
  protections(): Result<Protections>;
  /** Ends the helper, which reverts what was not confirmed, and closes the journal. */
  close(): Promise<void>;
}

/** Opens the journal and the way to root. Starts nothing. */
export function openChanges(options: OpenChangesOptions): OpenedChanges {
  const { files, asks, tuning, emit, log, kernelLog } = options;
  const ownUid = process.geteuid?.() ?? -1;
  let opening: Journal | undefined;
  const open = () => {
    const opened = Journal.open({ folder: stateFolder(), nowMs: Date.now, bootId: readBootId(files) });
    if (!opened.ok) log(failureLine(opened.error));
    else if (opened.value.setAside !== undefined) log(failureLine(opened.value.setAside));
    opening = opened.ok ? opened.value.journal : undefined;
    opening?.settlePending();
    return opening ?? withoutJournal(opened.ok ? undefined : opened.error);
  };
  const journal = options.lazy === true ? lazyJournal(stateFolder(), open) : open();
  const who = userName();
  const recorder = new Recorder({
    journal,
    who,
    onEntry: (entry) => {
      emit('change.journal', entry);
    },
    onTrouble: log,
  });
  const rights: ChangeRights = new ChangeRights({
    elevation: { rightsNow: () => rightsNow({ asks }), start: () => startHelper({ asks }) },
    policy: policyFor(files, options.policy),
    onChange: (now) => {
      emit('change.rights', now);
    },
    ...helperListener(() => pending, kernelLog),
  });
  const root = rootOf(files);
  const pending: PendingChanges = new PendingChanges({
    rights,
    recorder,
    keeping: {
      mayKeep: (changes) => checkKeep(tuning(), changes, files, root),
      isKeptAlready: (change) => isKeptAlready(tuning(), change),
      readKept: (name, value) => readKept(tuning(), name, value),
    },
    onChange: (now) => {
      emit('change.pending', now);
    },
    readBack: readBackFrom(files),
  });
  const rulesFile = `${configFolder()}/${RULES_FILE}`;
  return {
    changes: {
      rights,
      journal,
      recorder,
      pending,
      planned: newPlanned(),
      ownWrites: {
        see: (id, name) => seeProcess(files, id, name),
        adj: (id, oomScoreAdj, expected) => writeOwnAdj({ process: id, oomScoreAdj, expected }, files),
        readAdj: (id) => readAdj(files, id),
        userUnit: keepUserUnitAdj,
        keptFor: (unit) => keptFor(unit, root),
        dropIns: () => findDropIns(root, ownUid),
      },
      rulesFile,
      commandOf: wholeCommandIn(files),
      lastingChecks: lastingChecks({
        files,
        root,
        ownUid,
        rulesFile,
        rights: () => rightsNow({ asks }),
      }),
      ownUid,
    },
    userName: who,
    journal,
    alertRecord: opening?.alerts ?? memoryRecord(),
    protections: () => opening?.protections() ?? ok({ processes: [], units: [] }),
    async close() {
      await rights.close();
      opening?.close();
    },
  };
}

/** The tree that is looked at has to be the machine that is written to. */
function policyFor(files: KernelFiles, policy: ChangePolicy): ChangePolicy {
  return rootOf(files) === '' ? policy : 'other-tree';
}

/** The value that this very process has now. */
function readAdj(files: KernelFiles, { pid, startTicks }: ProcessId): Result<number> {
  const adj = readOomScoreAdj(files, pid);
  const stat = readPidStat(files, pid);
  if (adj.ok && stat.ok && stat.value.startTicks === startTicks) return ok(adj.value);
  return fail('process-gone', { what: 'process', pid });
}

/** Accounts without an entry in passwd have a number only. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}

/** Stands in for a journal that cannot be opened: every use says why, and nothing stops. */
function withoutJournal(error: Failure | undefined): OpenedChanges['journal'] {
  const failed =
    error === undefined ? fail('journal-failed', { what: 'none' }) : ({ ok: false, error } as const);
  return { add: () => failed, update: () => failed, page: () => failed, ruledProcesses: () => failed };
}
