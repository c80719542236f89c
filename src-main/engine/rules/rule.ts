import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type Pattern } from './pattern.ts';
import { type Position, type Table } from './toml.ts';

/** What a rule goes by: all that are given have to hold. */
export interface RuleConditions {
  /** The kernel's comm, to the letter. */
  readonly name?: string;
  /** Matches anywhere in the command line. */
  readonly command?: Pattern;
  readonly user?: string;
  /** The systemd unit, to the letter. */
  readonly unit?: string;
  /** `runtime:id` or id; at least its first 12 characters. */
  readonly container?: string;
}

/** A value for processes to come. */
export interface Rule extends RuleConditions {
  /** From 1, in the order of the file: the first that matches a process counts. */
  readonly number: number;
  readonly at: Position;
  readonly oomScoreAdj: number;
  /** The file says that it may match more than a few. */
  readonly allowMany: boolean;
  /** As it stands in the file. */
  readonly table: Table;
}

/** What of a process rules go by. */
export type RuledProcess = Pick<
  ObservedProcess,
  'pid' | 'startTicks' | 'name' | 'command' | 'user' | 'unit' | 'container' | 'kernelThread'
>;

/** A rule that matches more processes than this asks for a word in the file. */
export const MOST_MATCHES = 20;
/** Shorter ones could mean several containers: as much as `docker ps` shows. */
export const SHORTEST_CONTAINER_ID = 12;

/** Whether a rule means a process. Threads of the kernel are never meant. */
export function ruleMatches(rule: RuleConditions, process: RuledProcess): boolean {
  if (process.kernelThread) return false;
  return (
    (rule.name === undefined || rule.name === process.name) &&
    (rule.user === undefined || rule.user === process.user) &&
    (rule.unit === undefined || rule.unit === process.unit) &&
    (rule.container === undefined || isContainer(rule.container, process.container)) &&
    (rule.command === undefined || rule.command.test(process.command))
  );
}

function isContainer(wanted: string, container: string | undefined): boolean {
  if (container === undefined) return false;
  const wholeOrId = wanted.includes(':') ? container : container.slice(container.indexOf(':') + 1);
  return wholeOrId.startsWith(wanted);
}

/** The rule that counts for a process: the first that means it. */
export function ruleFor(rules: readonly Rule[], process: RuledProcess): Rule | undefined {
  return rules.find((rule) => ruleMatches(rule, process));
}

/** Why a rule is not applied although it is well-formed. */
export type TooWide = { readonly why: 'init' } | { readonly why: 'many'; readonly count: number };

/** Whether a rule means more than its author may have had in mind: init, or many processes without `allow_many`. */
export function tooWide(rule: Rule, processes: readonly RuledProcess[]): TooWide | undefined {
  if (rule.allowMany) return undefined;
  const matched = processes.filter((process) => ruleMatches(rule, process));
  if (matched.some(({ pid }) => pid === 1)) return { why: 'init' };
  return matched.length > MOST_MATCHES ? { why: 'many', count: matched.length } : undefined;
}

/** The rule in one line, for people and for the journal: `name = "firefox", user = "alice"`. */
export function describeRule({ table }: Pick<Rule, 'table'>): string {
  return table.entries
    .filter(({ key }) => key !== 'adj' && key !== 'allow_many')
    .map(({ key, value }) => `${key} = ${JSON.stringify(value)}`)
    .join(', ');
}
