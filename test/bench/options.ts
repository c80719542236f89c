import { parseArgs } from 'node:util';

const USUAL_PARTS = ['ranking', 'headless', 'page', 'kill', 'list', 'log', 'groups', 'names'];
const PARTS = [...USUAL_PARTS, 'forecast', 'desktop'];

export interface BenchOptions {
  readonly help: boolean;
  readonly parts: readonly string[];
  /** Watch the memory for an hour instead of a minute. */
  readonly hour: boolean;
  /** How long the window stays hidden. */
  readonly minutes: number;
  /** Seeds of each scenario of the forecast, and whether the odd ones, by which it was tuned. */
  readonly seeds: number;
  readonly odd: boolean;
}

export const usage = `npm run bench -- [options]
  --only PARTS   only these, with commas between: ${PARTS.join(', ')} (default all but forecast and desktop)
  --hour         watch the memory of the headless monitor for an hour instead of a minute
  --minutes N    how long desktop watches the hidden window (default 10)
  --seeds N      how many seeds of each scenario forecast plays (default 24)
  --odd          the seeds by which it was tuned, instead of the others
  --help         say this
`;

export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: USUAL_PARTS.join(',') },
      hour: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '10' },
      seeds: { type: 'string', default: '24' },
      odd: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const parts = values.only.split(',');
  const unknown = parts.find((part) => !PARTS.includes(part));
  if (unknown !== undefined) throw new Error(`no such part: ${unknown}`);
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error(`--minutes wants a number, not ${values.minutes}`);
  const seeds = Number(values.seeds);
  if (!(seeds >= 1)) throw new Error(`--seeds wants a number, not ${values.seeds}`);
  return { help: values.help, parts, hour: values.hour, minutes, seeds, odd: values.odd };
}
