import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { meansUnit, type UnitPattern } from '#shared/format/unit-name.ts';
import { type Pattern } from './pattern.ts';
import { type Position, type Table } from './toml.ts';

/** What a rule goes by: all that are given have to hold. */
export interface RuleConditions {
  /** The kernel's comm, to the letter. */
  readonly name?: string;
  /** Matches anywhere in the command line. */
  readonly command?: Pattern;
  readonly user?: string;
  /** The systemd unit, to the letter; without a manager the system's. */
  readonly unit?: UnitPattern;
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
  'pid' | 'startTicks' | 'name' | 'command' | 'commandIsCut' | 'user' | 'unit' | 'container' | 'kernelThread'
>;

/** The whole command line of a process, of which a screen shows the beginning only. */
export type CommandOf = (process: RuledProcess) => string;

const shownCommand: CommandOf = ({ command }) => command;

/** A rule that matches more processes than this asks for a word in the file. */
export const MOST_MATCHES = 20;
/** Shorter ones could mean several containers: as much as `docker ps` shows. */
export const SHORTEST_CONTAINER_ID = 12;

/** Whether a rule means a process. Threads of the kernel are never meant. */
export function ruleMatches(
  rule: RuleConditions,
  process: RuledProcess,
  wholeCommand: CommandOf = shownCommand,
): boolean {
  if (process.kernelThread) return false;
  return (
    (rule.name === undefined || rule.name === process.name) &&
    (rule.user === undefined || rule.user === process.user) &&
    (rule.unit === undefined || meansUnit(rule.unit, process.unit)) &&
    (rule.container === undefined || isContainer(rule.container, process.container)) &&
    (rule.command === undefined || rule.command.test(wholeCommand(process)))
  );
}

/** Whether a text means a container: `runtime:id` or id, an id of digits by its beginning, a name to the letter. */
export function isContainer(wanted: string, container: string | undefined): boolean {
  if (container === undefined) return false;
  const id = container.slice(container.indexOf(':') + 1);
  const wholeOrId = wanted.includes(':') ? container : id;
  if (wholeOrId === wanted) return true;
  const wantedId = wanted.slice(wanted.indexOf(':') + 1);
  return LONG_ID.test(id) && wantedId.length >= SHORTEST_CONTAINER_ID && wholeOrId.startsWith(wanted);
}

/** Ids by which engines name containers; other names may be the beginning of one another. */
const LONG_ID = /^[0-9a-f]{64}$/;

/** The rule that counts for a process: the first that means it. */
export function ruleFor(
  rules: readonly Rule[],
  process: RuledProcess,
  wholeCommand: CommandOf = shownCommand,
): Rule | undefined {
  return rules.find((rule) => ruleMatches(rule, process, wholeCommand));
}

/** Why a rule is not applied although it is well-formed. */
export type TooWide = { readonly why: 'init' } | { readonly why: 'many'; readonly count: number };

/** Whether a rule means more than its author may have had in mind: init, or many processes without `allow_many`. */
export function tooWide(
  rule: Rule,
  processes: readonly RuledProcess[],
  wholeCommand: CommandOf = shownCommand,
): TooWide | undefined {
  if (rule.allowMany) return undefined;
  const matched = processes.filter((process) => ruleMatches(rule, process, wholeCommand));
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
