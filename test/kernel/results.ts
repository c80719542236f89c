import { type HeadroomResult } from './headroom/measure.ts';
import { type RoundResult } from './round.ts';
import { type ScenarioKind } from './scenario.ts';
import { killCount, Tally } from './tally.ts';

/** "A or B" may be this much of the answers where sizes are not made to be near each other. */
const maxCloseShare = 0.02;
/** Of fewer answers a single one would be more than that. */
const minAnswersForShare = 300;
/** The lab stops when it finds nothing but faults. */
const maxFailures = 25;

/** Everything that a run of the lab has found. */
export class Results {
  readonly tally = new Tally();
  readonly leftOut: { part: string; why: string }[] = [];
  passed = 0;
  readonly failures: { test: string; message: string }[] = [];
  /** What was checked besides kills, and whether it was as predicted. */
  readonly checks: { what: string; right: boolean }[] = [];
  readonly headrooms: { machine: string; result: HeadroomResult }[] = [];
  readonly #missingKinds = new Map<ScenarioKind, string | undefined>();
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  get failed(): number {
    return this.failures.length;
  }

  leaveOut(part: string, why: string): void {
    this.leftOut.push({ part, why });
    this.#say(`LEFT OUT: ${part}: ${why}`);
  }

  fail(what: string): void {
    const [test = '', ...rest] = what.split('\n');
    this.failures.push({ test: test.trim(), message: rest.map((line) => line.trim()).join('\n') });
    this.#say(`FAILED: ${what}`);
  }

  isWorse(): boolean {
    return this.failed >= maxFailures;
  }

  add(
    machine: string,
    round: RoundResult,
    { replay, everything, tookMs }: { replay: string; everything: boolean; tookMs: number },
  ): void {
    const { scenario, verdicts, problems } = round;
    this.tally.add(machine, scenario.kind, verdicts);
    const line = `${shortName(machine)}: ${scenario.kind}, ${scenario.scope}, seed ${scenario.seed}: ${verdicts.map(({ outcome }) => outcome).join(', ')} (${(tookMs / 1000).toFixed(1)} s)`;
    if (everything) this.#say(`${JSON.stringify(scenario, null, 1)}\n${round.record}`);
    if (problems.length === 0 && verdicts.length > 0) {
      this.passed++;
      this.#say(`  ${line}`);
      return;
    }
    const what =
      problems.length > 0
        ? problems.map((problem) => `    ${problem}`).join('\n')
        : '    no process was killed';
    this.fail(
      `${line}\n${what}\n    on ${machine}; again: ${replay}\n${everything ? '' : indented(round.record)}`,
    );
  }

  addHeadroom(machine: string, result: HeadroomResult): void {
    this.headrooms.push({ machine, result });
    const line = `${shortName(machine)}: headroom, ${headroomText(result)}`;
    if (!result.right) this.fail(`${line}\n    on ${machine}`);
    else {
      this.passed++;
      this.#say(`  ${line}`);
    }
  }

  check(what: string, problems: readonly string[]): void {
    this.checks.push({ what, right: problems.length === 0 });
    if (problems.length > 0) this.fail(`${what}\n${problems.map((problem) => `    ${problem}`).join('\n')}`);
    else {
      this.passed++;
      this.#say(`  ${what}: as predicted`);
    }
  }

  /** A kind that one machine cannot have is left out only when no machine can. */
  noteKind(kind: ScenarioKind, why: string | undefined): void {
    const known = this.#missingKinds.has(kind);
    if (why === undefined) this.#missingKinds.set(kind, undefined);
    else if (!known) this.#missingKinds.set(kind, why);
  }

  killsOn(machine: string): number {
    return killCount(this.tally.counts(machine));
  }

  /** The verdicts that only the whole allows. */
  finish(): void {
    for (const [kind, why] of this.#missingKinds) if (why !== undefined) this.leaveOut(`kills: ${kind}`, why);
    const all = this.tally.counts();
    const share = this.tally.closeShare();
    if (killCount(all) >= minAnswersForShare && share > maxCloseShare) {
      this.fail(
        `"A or B" was the answer in ${(share * 100).toFixed(1)}% of what should be clear, more than ${maxCloseShare * 100}%`,
      );
    }
  }
}

/** `6.12.117`, or `here`. */
function shortName(machine: string): string {
  return /^Debian (\d+\.\d+)/.exec(machine)?.[1] ?? 'here';
}

/** `clean cache: limit 80.0 MiB, promised 74.5 to 76.0, took 74.4`. */
function headroomText({ kind, limitBytes, promised, tookBytes }: HeadroomResult): string {
  const { headroomBytes, uncertainBytes } = promised;
  const most = uncertainBytes === 0 ? '' : ` to ${mib(headroomBytes + uncertainBytes)}`;
  return `${kind}: limit ${mib(limitBytes)} MiB, promised ${mib(headroomBytes)}${most}, took ${mib(tookBytes)}`;
}

export function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

function indented(text: string): string {
  return text.replace(/^/gm, '      | ');
}
