import { failureLine } from '#shared/words/index.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { type KernelFiles } from '../../proc/kernel-files.ts';
import { configFolder, stateFolder } from '../../store/folders.ts';
import { type OpenedChanges } from '../change/open.ts';
import { RuleRunner } from './rule-runner.ts';
import { WorldRuleWriter } from './rule-writer.ts';
import { RulesFile } from './rules-file.ts';
import { wholeCommandIn } from './whole-command.ts';

/** Rules that are in force. */
export interface FollowedRules {
  /** Applies them to the processes of a snapshot. */
  apply(snapshot: Snapshot): void;
  close(): void;
}

/** Applies the rules of the configuration folder from now on, and follows the file. */
export function followRules(
  { changes, journal, userName }: Pick<OpenedChanges, 'changes' | 'journal' | 'userName'>,
  files: KernelFiles,
  log: (line: string) => void,
): FollowedRules {
  const { rights, ownWrites: own, ownUid } = changes;
  const writer = new WorldRuleWriter({ rights, own, ownUid, onWaiting: log });
  const runner = new RuleRunner({
    writer,
    journal,
    who: userName,
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
  return {
    apply({ processes }) {
      if (file.rules.length === 0) return;
      writer.observe(processes);
      void runner.onProcesses(processes);
    },
    close() {
      file.close();
    },
  };
}
