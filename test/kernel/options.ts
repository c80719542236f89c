import { parseArgs } from 'node:util';
import { type ScenarioKind, scenarioKinds } from './scenario.ts';

/** The kernels that judge: this machine's, and Debian's of two series. */
export const judges = ['host', '6.1', '6.12'] as const;
export type JudgeName = (typeof judges)[number];

export interface LabOptions {
  readonly quick: boolean;
  /** Kills to be had in all, over all kernels. */
  readonly kills: number;
  /** Where the fresh seeds begin, or the one seed that is replayed. */
  readonly seed: number;
  /** One seed only, with everything that was said. */
  readonly replay: boolean;
  readonly judges: readonly JudgeName[];
  readonly kinds: readonly ScenarioKind[];
  /** What these kernels cannot play is played by the guests of another run. */
  readonly besideGuests: boolean;
  /** Only the headroom of cgroups. */
  readonly headroomOnly: boolean;
  /** Only what systemd ends after a kill. */
  readonly systemdOnly: boolean;
  /** Only changes that are pending: the whole table of their deaths and second changes, on cgroup v2. */
  readonly pendingOnly: boolean;
  /** Only the forecast: eaters at six rates, ten of each, on the machine and in cgroups. */
  readonly forecastOnly: boolean;
  /** Where the curves of some of them are written. */
  readonly seriesFolder?: string;
  readonly jsonSummary?: string;
  /** Write docs/accuracy.md. */
  readonly writeAccuracy: boolean;
}

export const usage = `npm run lab -- [options]
  --kills N            how many kills in all (default 300); 1000 and more on all kernels go to docs/accuracy.md
  --quick              what npm test runs: a fixed list of seeds and some fresh ones
  --seed S             where fresh seeds begin; with --kind and --kernel the one scenario that is replayed
  --kind NAME          only this kind: ${scenarioKinds.join(', ')}
  --kernel NAME        only this kernel: ${judges.join(', ')}
  --beside-guests      with --kernel host: what it cannot play is not left out, the guests of another run play it
  --headroom           only the promised headroom of cgroups against kills in them
  --systemd            only what systemd ends after a kill: this machine's, and one of 253 or later
  --pending            only changes that are pending: every pair of a death and a second change, on cgroup v2
  --forecast           only the forecast: eaters at six rates, ten of each, on the machine and in cgroups
  --series FOLDER      with --forecast: write what was left over the life of one eater of each rate there
  --json-summary FILE  write {passed, failed, leftOut, failures} there
`;

export function parseOptions(args: readonly string[]): LabOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: 'string' },
      quick: { type: 'boolean', default: false },
      seed: { type: 'string' },
      kind: { type: 'string', multiple: true },
      kernel: { type: 'string', multiple: true },
      'beside-guests': { type: 'boolean', default: false },
      headroom: { type: 'boolean', default: false },
      systemd: { type: 'boolean', default: false },
      pending: { type: 'boolean', default: false },
      forecast: { type: 'boolean', default: false },
      series: { type: 'string' },
      'json-summary': { type: 'string' },
    },
  });
  const kinds = scenarioKinds.filter((kind) => values.kind?.includes(kind) ?? true);
  const chosen = judges.filter((judge) => values.kernel?.includes(judge) ?? true);
  if (kinds.length === 0) throw new Error(`no such kind: ${values.kind?.join(', ') ?? ''}`);
  if (chosen.length === 0) throw new Error(`no such kernel: ${values.kernel?.join(', ') ?? ''}`);
  const kills = wholeNumber(values.kills, 300, '--kills');
  const isPart = values.headroom || values.systemd || values.pending || values.forecast;
  const isWhole = kinds.length === scenarioKinds.length && chosen.length === judges.length;
  return {
    quick: values.quick,
    kills,
    seed: wholeNumber(values.seed, Date.now() % 1_000_000_000, '--seed'),
    replay: values.seed !== undefined && kinds.length === 1 && chosen.length === 1,
    judges: chosen,
    besideGuests: values['beside-guests'],
    headroomOnly: values.headroom,
    systemdOnly: values.systemd,
    pendingOnly: values.pending,
    forecastOnly: values.forecast,
    kinds,
    writeAccuracy: kills >= 1000 && isWhole && !values.quick && !isPart,
    ...(values.series === undefined ? {} : { seriesFolder: values.series }),
    ...(values['json-summary'] === undefined ? {} : { jsonSummary: values['json-summary'] }),
  };
}

function wholeNumber(text: string | undefined, otherwise: number, name: string): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`${name} wants a whole number, not ${text ?? ''}`);
  return value;
}
