import { type Failure, type FailureOf, fail, type Result } from '#shared/result.ts';
import { type Written } from '#shared/contract/helper.ts';
import { type AdjChange } from '#shared/model/change.ts';
import { processKey } from '#shared/model/process.ts';
import { sameUnit } from '#shared/model/unit.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type Journal } from '../../store/journal.ts';
import { describeRule, MOST_MATCHES, ruleFor, tooWide, type CommandOf, type Rule } from './rule.ts';

/** The way to a process's oom_score_adj. */
export interface RuleWriter {
  /** Whether this can be written without asking for a password: the helper runs, or no root is needed. */
  canWrite(change: AdjChange): boolean;
  write(change: AdjChange): Promise<Result<Written>>;
}

export interface RuleRunnerOptions {
  readonly writer: RuleWriter;
  readonly journal: Pick<Journal, 'add' | 'update' | 'ruledProcesses'>;
  /** User name. */
  readonly who: string;
  /** The whole command line of a process; by default as much as is shown of it. */
  readonly commandOf?: CommandOf;
  /** Hears what could not be done: a rule that is too wide, a journal that fails. Once for each rule and cause. */
  readonly onTrouble: (trouble: Failure) => void;
}

/** What is remembered of a process for as long as it lives. */
interface Known {
  /** What the rules went by when they were last asked; after exec it is another. */
  readonly seen: ObservedProcess;
  rule: Rule | undefined;
  /** The value that a rule asked for; another rule, or another value in it, is applied again. */
  applied: number | undefined;
  attempts: number;
}

/** A program that sets its own value as it starts (Chromium does) comes between: it is tried again so often. */
const MOST_ATTEMPTS = 3;

/**
 * Applies rules to processes as they come. Each rule is applied once to a process: a value that is set afterwards stays. It writes only
 * what needs no question, and never to init.
 */
export class RuleRunner {
  readonly #options: RuleRunnerOptions;
  #rules: readonly Rule[] = [];
  #known = new Map<string, Known>();
  readonly #appliedBefore: Map<string, number>;
  readonly #reportedTroubles = new Set<string>();
  #busy = false;

  constructor(options: RuleRunnerOptions) {
    this.#options = options;
    const before = options.journal.ruledProcesses();
    if (!before.ok) options.onTrouble(before.error);
    this.#appliedBefore = new Map(
      before.ok ? before.value.map((each) => [processKey(each), each.oomScoreAdj]) : [],
    );
  }

  /** The rules in force from now on. Values that were applied stay. */
  setRules(rules: readonly Rule[]): void {
    this.#rules = rules;
    this.#reportedTroubles.clear();
    for (const [key, known] of this.#known) {
      this.#known.set(key, { ...known, rule: this.ruleFor(known.seen) });
    }
  }

  /** The rule that counts for a process. */
  ruleFor(process: ObservedProcess): Rule | undefined {
    return ruleFor(this.#rules, process, this.#options.commandOf);
  }

  /** Applies what is due. While the writes of one snapshot are under way, the next ones are skipped. */
  async onProcesses(processes: readonly ObservedProcess[]): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (const { process, known, rule } of this.#due(processes)) await this.#apply(process, known, rule);
    } finally {
      this.#busy = false;
    }
  }

  #due(processes: readonly ObservedProcess[]) {
    this.#known = new Map(processes.map((process) => [processKey(process), this.#knownOf(process)]));
    const wide = new Map(
      this.#rules.map((rule) => [rule, tooWide(rule, this.#meantBy(rule), this.#options.commandOf)]),
    );
    return processes.flatMap((process) => {
      const known = this.#known.get(processKey(process));
      const rule = known?.rule;
      if (known === undefined || rule === undefined || known.applied === rule.oomScoreAdj) return [];
      const width = wide.get(rule);
      if (width !== undefined) {
        this.#reportOnce(rule, tooWideFailure(rule, width));
        return [];
      }
      // The kernel never kills it, and all processes inherit its value.
      return process.pid === 1 ? [] : [{ process, known, rule }];
    });
  }

  #knownOf(process: ObservedProcess): Known {
    const key = processKey(process);
    const known = this.#known.get(key);
    if (known !== undefined && isSame(known.seen, process)) return known;
    const applied = known === undefined ? this.#appliedBefore.get(key) : known.applied;
    return { seen: process, rule: this.ruleFor(process), applied, attempts: known?.attempts ?? 0 };
  }

  #meantBy(rule: Rule): readonly ObservedProcess[] {
    return [...this.#known.values()].flatMap(({ seen, rule: counts }) => (counts === rule ? [seen] : []));
  }

  async #apply(process: ObservedProcess, known: Known, rule: Rule): Promise<void> {
    const { pid, startTicks, name, oomScoreAdj: before } = process;
    const { oomScoreAdj: after } = rule;
    if (before === after) {
      known.applied = after;
      return;
    }
    const change: AdjChange = { pid, startTicks, name, before, after };
    const { writer, journal, who, onTrouble } = this.#options;
    if (!writer.canWrite(change)) return;
    known.applied = after;
    known.attempts += 1;
    const added = journal.add([
      {
        who,
        action: 'rule',
        subject: `${name} (${pid})`,
        process: { pid, startTicks },
        before: before.toString(),
        asked: after.toString(),
        state: 'pending',
        note: `rule ${rule.number}: ${describeRule(rule)}`,
      },
    ]);
    const written = await writer.write(change);
    const cameBetween = !written.ok && written.error.code === 'changed-meanwhile';
    if (cameBetween && known.attempts < MOST_ATTEMPTS) known.applied = undefined;
    if (!added.ok) {
      onTrouble(added.error);
      return;
    }
    const ids = added.value.map(({ id }) => id);
    const settled = written.ok
      ? journal.update(ids, { state: 'done', after: written.value.after })
      : journal.update(ids, { state: 'failed', why: written.error });
    if (!settled.ok) onTrouble(settled.error);
  }

  #reportOnce(rule: Rule, trouble: Failure): void {
    const key = `${rule.number} ${JSON.stringify(trouble)}`;
    if (this.#reportedTroubles.has(key)) return;
    this.#reportedTroubles.add(key);
    this.#options.onTrouble(trouble);
  }
}

/** Why a rule is not applied. */
export function tooWideFailure(
  rule: Rule,
  width: NonNullable<ReturnType<typeof tooWide>>,
): FailureOf<'rule-too-wide'> {
  return fail('rule-too-wide', {
    number: rule.number,
    rule: describeRule(rule),
    count: width.why === 'init' ? undefined : width.count,
    most: MOST_MATCHES,
  }).error;
}

/** True when the rules would say the same: nothing that they go by is another. */
function isSame(a: ObservedProcess, b: ObservedProcess): boolean {
  return (
    a === b ||
    (a.name === b.name &&
      a.command === b.command &&
      a.user === b.user &&
      sameUnit(a.unit, b.unit) &&
      a.container === b.container)
  );
}
