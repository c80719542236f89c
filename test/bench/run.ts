/**
 * `npm run bench`: measures what the design promises, on this machine, with processes that it starts itself, and prints it as two
 * tables. Writes nothing. See options.ts for what it takes.
 */
import { cpus, release, totalmem } from 'node:os';
import { buildWhenNeeded } from '../../scripts/builder.ts';
import { measureDesktop } from './desktop.ts';
import { type ForecastFigures, measureForecast } from './forecast/measure.ts';
import { measureGroups } from './groups.ts';
import { measureIdleCpu, measureList, measureMemory } from './headless.ts';
import { measureKill } from './kill.ts';
import { measureLog } from './log.ts';
import { type BenchOptions, parseOptions, usage } from './options.ts';
import { measurePage } from './page.ts';
import { measureNames } from './names.ts';
import { measureRanking, type Ranking } from './ranking.ts';
import { boundsTable, forecastTable, milliseconds, rankingTable, type Row } from './report.ts';
import { compile } from './tools.ts';

const SIZES = [300, 1000, 2000, 4000, 8000];
const options = optionsOrEnd();
const { parts } = options;
if (!buildWhenNeeded()) process.exit(1);

const crowd = compile('crowd');
const rows: Row[] = [];
const rankings: (Ranking & { readonly kind: string })[] = [];

if (parts.includes('ranking')) {
  const tools = { crowd, measure: compile('measure') };
  for (const size of SIZES) {
    rankings.push({ kind: 'varied', ...(await measureRanking(tools, 'varied', size)) });
  }
  rankings.push({ kind: 'alike', ...(await measureRanking(tools, 'alike', 2000)) });
  rows.push(...rankingRows(rankings));
}
if (parts.includes('headless')) {
  const percent = await measureIdleCpu(crowd, 60);
  rows.push({
    what: 'CPU of the headless monitor at 1 Hz, 300 processes, no client',
    measured: `${percent.toFixed(2)}% of a core`,
    bound: '0.5% of a core',
    holds: percent <= 0.5,
  });
  const seconds = options.hour ? 3600 : 60;
  const { mostMiB, growthMiB } = await measureMemory(crowd, seconds);
  rows.push({
    what: `memory of the headless monitor, ${options.hour ? 'an hour' : 'a minute (--hour: an hour)'}`,
    measured: `${mostMiB.toFixed(1)} MiB RSS at most, growth ${growthMiB.toFixed(1)} MiB`,
    bound: '90 MiB RSS, no growth',
    // Within a minute the heap is still finding its size.
    holds: mostMiB <= 90 && (!options.hour || growthMiB < 1),
  });
}
if (parts.includes('page')) {
  const page = await measurePage(crowd);
  rows.push(
    {
      what: 'tick to painted in the browser, 8,000 processes, table open',
      measured: `${page.paintedMedian.toFixed(0)} ms, 95th percentile ${page.painted95.toFixed(0)} ms`,
      bound: '50 ms',
      holds: page.painted95 <= 50,
    },
    {
      what: 'frames while the table is scrolled',
      measured: `${page.frameMedian.toFixed(1)} ms, 99th percentile ${page.frame99.toFixed(1)} ms, longest ${page.frameMost.toFixed(1)} ms`,
      bound: '32 ms',
      holds: page.frameMost <= 32,
    },
  );
}
if (parts.includes('kill')) {
  const times = await measureKill();
  rows.push({
    what: "from the kernel's kill to the screen",
    measured:
      times === undefined
        ? 'a memory cgroup is needed for it, and root'
        : `${times.median.toFixed(0)} ms, longest ${times.most.toFixed(0)} ms`,
    bound: '250 ms',
    holds: times === undefined ? undefined : times.most <= 250,
  });
}
if (parts.includes('list')) {
  const listMs = await measureList(crowd);
  rows.push({
    what: 'from `lifeboat list` to its last line, 300 processes',
    measured: `${listMs.toFixed(0)} ms`,
    bound: '250 ms',
    holds: listMs <= 250,
  });
}
if (parts.includes('log')) {
  const { reports, ordinary, growthMiB } = measureLog();
  rows.push({
    what: 'a log that holds OOM reports',
    measured:
      `${reports.toFixed(0)} MiB/s where it holds nothing else, ${ordinary.toFixed(0)} MiB/s with one in 2,000 lines, ` +
      `memory grows ${growthMiB.toFixed(1)} MiB`,
    bound: '100 MiB/s, memory flat',
    holds: Math.min(reports, ordinary) >= 100 && growthMiB < 1,
  });
}
if (parts.includes('names')) {
  const { firstMs, medianMs, againMs } = await measureNames(crowd, 2000);
  rows.push({
    what: 'CPU of naming 2,000 new processes at once',
    measured: `${medianMs.toFixed(0)} ms, ${firstMs.toFixed(0)} ms with the desktop files, ${againMs.toFixed(1)} ms when nothing has changed`,
    bound: '500 ms, 50 for 200',
    holds: medianMs <= 500,
  });
}
if (parts.includes('groups')) {
  for (const [count, most] of [
    [100, 0.3],
    [1000, 1.5],
  ] as const) {
    const percent = await measureGroups(crowd, count);
    rows.push({
      what: `CPU of ${count} cgroups with limits at 1 Hz, no client, above the same processes without them`,
      measured:
        percent === undefined
          ? 'a memory cgroup is needed for it, and root'
          : `${percent.toFixed(2)}% of a core`,
      bound: `${most}% of a core`,
      holds: percent === undefined ? undefined : percent <= most,
    });
  }
}
let forecast: ForecastFigures | undefined;
if (parts.includes('forecast')) {
  forecast = measureForecast(options.seeds, options.odd ? 'odd' : 'even');
  rows.push({
    what: 'a reading and a forecast of one scope',
    measured: `${forecast.microseconds.toFixed(0)} us`,
    bound: '50 us',
    holds: forecast.microseconds <= 50,
  });
}
if (parts.includes('desktop')) {
  const { minutes } = options;
  const { start, hidden } = await measureDesktop(crowd, minutes);
  rows.push(
    {
      what: 'from the start of the desktop program to the first list in its window, 300 processes',
      measured: `${start.median.toFixed(0)} ms, longest ${start.most.toFixed(0)} ms`,
      bound: '2000 ms',
      holds: start.most <= 2000,
    },
    {
      what: `the main process with its window hidden, ${minutes} minutes, 300 processes`,
      measured: `${hidden.cpuPercent.toFixed(2)}% of a core, ${hidden.mostMiB.toFixed(1)} MiB RSS at most, growth ${hidden.growthMiB.toFixed(1)} MiB`,
      bound: 'no bound promised',
      holds: undefined,
    },
  );
}

const [cpu] = cpus();
process.stdout.write(
  [
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} x ${cpu?.model ?? 'unknown processor'}, ` +
      `${(totalmem() / 2 ** 30).toFixed(1)} GiB, Linux ${release()}, Node ${process.version}`,
    boundsTable(rows),
    ...(forecast === undefined ? [] : ['Forecasts:', forecastTable(forecast.judged)]),
    ...(rankings.length > 0 ? ['CPU time, user and system:', rankingTable(rankings)] : []),
    '',
  ].join('\n\n'),
);

function optionsOrEnd(): BenchOptions {
  try {
    const parsed = parseOptions(process.argv.slice(2));
    if (!parsed.help) return parsed;
    process.stdout.write(usage);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    process.exit(2);
  }
}

function rankingRows(all: readonly (Ranking & { readonly kind: string })[]): Row[] {
  const of = (size: number) => all[SIZES.indexOf(size)];
  const [at1000, at2000, at8000] = [of(1000), of(2000), of(8000)];
  if (at1000 === undefined || at2000 === undefined || at8000 === undefined)
    throw new Error('a size is missing');
  const { floor, ours, ratio, top, systeminformation } = at2000;
  const growth = (at8000.ours - at1000.ours) / (at8000.processes - at1000.processes);
  const what = 'CPU of one ranking tick, 2,000 processes';
  return [
    {
      what,
      measured: `${milliseconds(ours)}: ${ratio.toFixed(2)} x the C program's ${milliseconds(floor)}`,
      bound: '2.0 x a C program that preads the same kept descriptors',
      holds: ratio <= 2,
    },
    {
      what,
      measured: `1/${(top / ours).toFixed(0)}`,
      bound: '1/10 of `top -b -n1`',
      holds: ours <= top / 10,
    },
    {
      what,
      measured: `1/${(systeminformation / ours).toFixed(0)}`,
      bound: '1/100 of systeminformation `processes()`',
      holds: ours <= systeminformation / 100,
    },
    {
      what: 'growth of a tick from 1,000 to 8,000 processes',
      measured: `${growth.toFixed(2)} us a process`,
      bound: 'linear, 3 us a process',
      holds: growth <= 3,
    },
  ];
}
