import { fail, ok, type Failure, type Result } from '#shared/result.ts';
import { FileFollower } from '../../store/file-follower.ts';
import { readOwnFile } from '../../store/own-file.ts';
import { removeFile, writeWhole } from '../../store/whole-file.ts';
import { parseRules } from './parse-rules.ts';
import { type Rule } from './rule.ts';
import { type Problem } from './toml.ts';

export const RULES_FILE = 'rules.toml';
const LAST_GOOD_FILE = 'rules.last-good.toml';
/** More than MOST_RULES rules with comments. */
const MOST_BYTES = 256 * 1024;

/** What a rules file holds. */
export interface RulesText {
  readonly text: string;
  readonly rules: readonly Rule[];
}

/** Reads and parses; a file that is not there has no rules. `problems` is there when the text was read and is broken. */
export function readRules(path: string): Result<RulesText> & { readonly problems?: readonly Problem[] } {
  const text = readOwn(path);
  if (!text.ok) return text;
  const parsed = parseRules(text.value);
  if (parsed.ok) return ok({ text: text.value, rules: parsed.rules });
  const [{ line, column, fault }, ...more] = parsed.problems;
  return {
    ...fail('rules-broken', { what: 'faults', path, line, column, fault, more: more.length }),
    problems: parsed.problems,
  };
}

/** The text, where only this user and root could have written it: rules are carried out as root. Empty when there is no file. */
function readOwn(path: string): Result<string> {
  const read = readOwnFile(path, { mostBytes: MOST_BYTES, followLinks: true });
  if (read.ok) return ok(read.text);
  const { fault } = read;
  switch (fault.kind) {
    case 'missing':
      return ok('');
    case 'unsafe':
      return { ok: false, error: fault.failure };
    case 'no-file':
      return fail('rules-broken', { what: 'no-file', path });
    case 'changeable':
    case 'too-large':
      return fail('rules-broken', { what: fault.kind, path });
    case 'unreadable':
      return fail('rules-broken', { what: 'unreadable', path, errno: fault.errno });
  }
}

export interface RulesFileOptions {
  /** The configuration folder. */
  readonly configFolder: string;
  /** The state folder, where the last good rules are kept. */
  readonly stateFolder: string;
  /** Hears the rules in force, and what is wrong with the file where they are not those in it. */
  readonly onChange?: (rules: readonly Rule[], trouble: Failure | undefined) => void;
}

/** The rules in force: those in the file, or the last good ones while the file is broken. */
export class RulesFile {
  readonly path: string;
  readonly #lastGoodPath: string;
  readonly #onChange: RulesFileOptions['onChange'];
  #rules: readonly Rule[];
  #trouble: Failure | undefined;
  readonly #follower: FileFollower;

  constructor({ configFolder, stateFolder, onChange }: RulesFileOptions) {
    this.path = `${configFolder}/${RULES_FILE}`;
    this.#lastGoodPath = `${stateFolder}/${LAST_GOOD_FILE}`;
    this.#onChange = onChange;
    const lastGood = readRules(this.#lastGoodPath);
    this.#rules = lastGood.ok ? lastGood.value.rules : [];
    this.#follower = new FileFollower(this.path, () => {
      this.#read();
    });
    this.look();
  }

  get rules(): readonly Rule[] {
    return this.#rules;
  }

  /** What is wrong with the file; undefined when the rules in force are those in it. */
  get trouble(): Failure | undefined {
    return this.#trouble;
  }

  /** Checks for edits from now on. */
  watch(): void {
    this.#follower.watch();
  }

  close(): void {
    this.#follower.close();
  }

  /** Reads the file if it is not the one that was read last. */
  look(): void {
    this.#follower.look();
  }

  #read(): void {
    const read = readRules(this.path);
    this.#trouble = read.ok ? undefined : read.error;
    if (read.ok) {
      this.#rules = read.value.rules;
      this.#keep(read.value.text);
    }
    this.#onChange?.(this.#rules, this.#trouble);
  }

  /** Not kept is no reason to refuse them: then they count as long as we run. */
  #keep(text: string): void {
    if (!this.#follower.isThere) removeFile(this.#lastGoodPath);
    else writeWhole(this.#lastGoodPath, text, 0o600, false);
  }
}
