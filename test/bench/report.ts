import { type Judged } from './forecast/judge.ts';
import { type Ranking } from './ranking.ts';

/** One line of the table: a bound of the design, and how it stands. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly bound: string;
  /** Undefined where it was not measured. */
  readonly holds: boolean | undefined;
}

/** Cells as a Markdown table that also reads well as it is. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** The numbers to hold. */
export function boundsTable(rows: readonly Row[]): string {
  return table(
    ['what', 'measured', 'at most', ''],
    rows.map(({ what, measured, bound, holds }) => [
      what,
      measured,
      bound,
      holds === undefined ? 'not measured' : holds ? 'ok' : 'over',
    ]),
  );
}

/** All sizes side by side. */
export function rankingTable(rankings: readonly (Ranking & { readonly kind: string })[]): string {
  return table(
    ['processes', 'C floor', 'Lifeboat', 'ratio', 'a process', 'top -b -n1', 'ps aux', 'systeminformation'],
    rankings.map(({ kind, processes, floor, ours, ratio, top, ps, systeminformation }) => [
      kind === 'varied' ? processes.toString() : `${processes} ${kind}`,
      milliseconds(floor),
      milliseconds(ours),
      `${ratio.toFixed(2)} x`,
      `${(ours / processes).toFixed(2)} us`,
      milliseconds(top),
      milliseconds(ps),
      milliseconds(systeminformation),
    ]),
  );
}

/** How the forecast did in every scenario. */
export function forecastTable(judged: readonly Judged[]): string {
  const percent = (share: number | undefined) => (share === undefined ? '' : `${Math.round(100 * share)}%`);
  return table(
    ['scenario', 'truth in the span', 'high / low', 'error', 'said', 'warned', 'false "< 30 min" a day'],
    judged.map(({ name, covered, width, error, said, lead, falseAlarmsPerDay }) => [
      name,
      percent(covered),
      width?.toFixed(1) ?? '',
      percent(error),
      said < 0.1 ? `${(100 * said).toFixed(1)}%` : percent(said),
      percent(lead),
      falseAlarmsPerDay?.toFixed(1) ?? '',
    ]),
  );
}

/** A time in milliseconds; NaN is a program that failed. */
export function milliseconds(microseconds: number): string {
  if (Number.isNaN(microseconds)) return 'fails';
  const value = microseconds / 1000;
  return `${value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2)} ms`;
}
