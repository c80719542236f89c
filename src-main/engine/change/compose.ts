import { userInfo } from 'node:os';
import { type Events } from '#shared/contract/table.ts';
import { fail, ok, type Failure, type Result } from '#shared/result.ts';
import { failureLine } from '#shared/words/index.ts';
import { SYSCTL_PRESETS } from '#shared/kernel/sysctl/presets.ts';
import { type ProcessId } from '#shared/model/process.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { type Asks } from '../../helper/client/methods.ts';
import { rightsNow, startHelper } from '../../helper/client/start-helper.ts';
import { writeOwnAdj } from '../../own-writes/adj.ts';
import { readOomScoreAdj } from '../../proc/pid/oom-score-adj.ts';
import { readPidStat } from '../../proc/pid/stat.ts';
import { readBootId } from '../../proc/boot-id.ts';
import { type KernelFiles } from '../../proc/kernel-files.ts';
import { configFolder, stateFolder } from '../../store/folders.ts';
import { Journal, type Protections } from '../../store/journal.ts';
import { cgroupState, previewCgroup } from './cgroup/limits.ts';
import { RuleRunner } from '../rules/rule-runner.ts';
import { RULES_FILE, RulesFile } from '../rules/rules-file.ts';
import { rulesPort } from '../rules/rules-port.ts';
import { wholeCommandIn } from '../rules/whole-command.ts';
import { checkKeep, isKeptAlready, readKept } from './sysctl/keep.ts';
import { LaterCache } from './sysctl/later-cache.ts';
import { bootDangers, mayBeDangerous, previewSysctls, readTuning, tuningMachine } from './sysctl/tuning.ts';
import { memoryRecord } from '../events/memory-record.ts';
import { Actions, type ActionEvent, type KernelLogListener } from './actions.ts';
import { type UnitFactsOf } from '../watch/ends-with.ts';
import { lastingChecks } from './adj/lasting-checks.ts';
import { type JournalPort } from './ports.ts';
import { type ChangePolicy } from './rights.ts';
import { keepUserUnitAdj } from '../../own-writes/user-unit.ts';

/** What differs between the front ends. */
export interface ComposeOptions {
  readonly files: KernelFiles;
  /** A snapshot with everybody's figures, taken now. */
  readonly lookClosely: () => Result<Snapshot>;
  readonly policy: ChangePolicy;
  /** Where a password may be asked for. */
  readonly asks: Asks;
  readonly emit: <E extends ActionEvent>(event: E, payload: Events[E]) => void;
  readonly log: (line: string) => void;
  readonly kernelLog?: KernelLogListener;
  /** What systemd ends after a kill. */
  readonly unitFacts?: UnitFactsOf;
}

/** The actions of this machine. */
export interface ComposedActions {
  readonly actions: Actions;
  /** Applies the rules in force from now on; what it answers with is to be fed with every snapshot. */
  readonly followRules: () => (snapshot: Snapshot) => void;
  /** Where alerts are recorded: beside the journal, or in memory where that cannot be opened. */
  readonly alertRecord: ReturnType<typeof memoryRecord>;
  /** The processes of this boot that somebody has protected, by the journal. */
  readonly protections: () => Result<Protections>;
  readonly close: () => Promise<void>;
}

/** Puts them together with everything real behind them. */
export function composeActions(options: ComposeOptions): ComposedActions {
  const { files, lookClosely, policy, asks, emit, log, kernelLog, unitFacts } = options;
  const opened = Journal.open({ folder: stateFolder(), nowMs: Date.now, bootId: readBootId(files) });
  if (!opened.ok) log(failureLine(opened.error));
  else if (opened.value.setAside !== undefined) log(failureLine(opened.value.setAside));
  const opening = opened.ok ? opened.value.journal : undefined;
  opening?.settlePending();
  const journal = opening ?? withoutJournal(opened.ok ? undefined : opened.error);
  const ownUid = process.geteuid?.() ?? -1;
  const later = new LaterCache(files);
  const read = () => readTuning(files, '', later.current);
  const actions = new Actions({
    lookClosely,
    policy,
    elevation: { rightsNow: () => rightsNow({ asks }), start: () => startHelper({ asks }) },
    journal,
    tuning: {
      settings: () => read().states,
      presets: () => SYSCTL_PRESETS,
      effects: (changes) =>
        looked(lookClosely, (snapshot) => ok(previewSysctls(read(), tuningMachine(snapshot), changes))),
      dangers: () => {
        const tuning = read();
        const snapshot = mayBeDangerous(tuning) ? lookClosely() : undefined;
        return snapshot?.ok === true ? bootDangers(tuning, tuningMachine(snapshot.value)) : [];
      },
      mayKeep: (changes) => checkKeep(read(), changes, files, ''),
      isKeptAlready: (change) => isKeptAlready(read(), change),
      readKept: (name, value) => readKept(read(), name, value),
    },
    cgroups: {
      state: (path) => looked(lookClosely, (snapshot) => cgroupState(snapshot, path)),
      preview: (change) => looked(lookClosely, (snapshot) => previewCgroup(snapshot, change)),
    },
    rules: rulesPort(configFolder()),
    lastingChecks: lastingChecks({
      files,
      root: rootOf(files),
      ownUid,
      rulesFile: `${configFolder()}/${RULES_FILE}`,
      rights: () => rightsNow({ asks }),
    }),
    own: {
      adj: (id, oomScoreAdj, expected) => writeOwnAdj({ process: id, oomScoreAdj, expected }),
      readAdj: (id) => readAdj(files, id),
      userUnit: keepUserUnitAdj,
    },
    who: userName(),
    ownUid,
    emit,
    onTrouble: log,
    ...(kernelLog === undefined ? {} : { kernelLog }),
    ...(unitFacts === undefined ? {} : { unitFacts }),
  });
  let rulesFile: RulesFile | undefined;
  const followRules = () => {
    const writer = actions.ruleWriter();
    const runner = new RuleRunner({
      writer,
      journal,
      who: userName(),
      commandOf: wholeCommandIn(files),
      onTrouble: (trouble) => {
        log(failureLine(trouble));
      },
    });
    const file = new RulesFile({
      configFolder: configFolder(),
      stateFolder: stateFolder(),
      onChange: (rules, trouble) => {
        runner.setRules(rules);
        if (trouble !== undefined) log(failureLine(trouble));
      },
    });
    file.watch();
    rulesFile = file;
    return ({ processes }: Snapshot) => {
      if (file.rules.length === 0) return;
      writer.observe(processes);
      void runner.onProcesses(processes);
    };
  };
  return {
    actions,
    followRules,
    alertRecord: opening?.alerts ?? memoryRecord(),
    protections: () => opening?.protections() ?? ok({ processes: [], units: [] }),
    close: async () => {
      rulesFile?.close();
      await actions.close();
      opening?.close();
    },
  };
}

function looked<T>(look: () => Result<Snapshot>, work: (snapshot: Snapshot) => Result<T>): Result<T> {
  const snapshot = look();
  return snapshot.ok ? work(snapshot.value) : snapshot;
}

/** The value that the very process has now. */
function readAdj(files: KernelFiles, { pid, startTicks }: ProcessId): Result<number> {
  const adj = readOomScoreAdj(files, pid);
  const stat = readPidStat(files, pid);
  if (adj.ok && stat.ok && stat.value.startTicks === startTicks) return ok(adj.value);
  return fail('process-gone', { what: 'process', pid });
}

/** What stands before every path of the tree that these files are in. */
export function rootOf({ etc }: KernelFiles): string {
  return etc.slice(0, -'/etc'.length);
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
function withoutJournal(error: Failure | undefined): JournalPort & Pick<Journal, 'ruledProcesses'> {
  const failed =
    error === undefined ? fail('journal-failed', { what: 'none' }) : ({ ok: false, error } as const);
  return { add: () => failed, update: () => failed, page: () => failed, ruledProcesses: () => failed };
}
