import { ok, type Result } from '#shared/result.ts';
import { addRule } from './edit-rules.ts';
import { RULES_FILE } from './rules-file.ts';

/** Keeps values for processes of a name as rules in a configuration folder; answers with the file. */
export function rulesPort(configFolder: string): { add(name: string, oomScoreAdj: number): Result<string> } {
  const path = `${configFolder}/${RULES_FILE}`;
  return {
    add(name, oomScoreAdj) {
      const added = addRule(path, { name, oomScoreAdj });
      return added.ok ? ok(added.value.path) : added;
    },
  };
}
