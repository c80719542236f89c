import {
  Chart,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  type ChartConfiguration,
  type ChartDataset,
} from 'chart.js';
import { type Attachment } from 'svelte/attachments';
import { type TimelinePoint } from '#shared/contract/watch.ts';
import { formatBytes } from '#shared/format/bytes.ts';
import { formatPercent } from '#shared/format/count.ts';
import { forecastCone, killerLines, killMarks } from './timeline-marks.ts';
import { type TimelineView } from './timeline-view.ts';
import { readColours, watchScheme, type Colours } from '../../controls/colours.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale, Tooltip);

/** So much of the width is for what is forecast, at most. */
const AHEAD_SHARE = 0.2;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Time without a reading after which the line is broken rather than drawn across, in milliseconds. */
const GAP_MS = 90_000;
/** Pressure below this fills no more than a part of the height. */
const LEAST_PRESSURE = 20;

/** Draws the timeline onto a canvas, and again whenever `view` changes or the colours do. */
export function drawTimeline(view: () => TimelineView): Attachment<HTMLCanvasElement> {
  return (canvas) => {
    let colours = readColours(canvas);
    let shown: TimelineView | undefined;
    const chart = new Chart(
      canvas,
      configuration(
        () => shown,
        () => colours,
      ),
    );

    function update(): void {
      if (shown === undefined) return;
      chart.data.datasets = datasets(shown, colours);
      Object.assign(scale('x'), { min: shown.nowMs - shown.spanMs, max: shown.nowMs + aheadMs(shown) });
      Object.assign(scale('bytes'), { max: Math.max(shown.totalBytes, shown.swapTotalBytes ?? 0) });
      const most = Math.max(LEAST_PRESSURE, ...shown.points.map(({ pressure }) => pressure ?? 0));
      Object.assign(scale('percent'), { max: most, display: shown.pressure });
      chart.update('none');
    }

    function scale(name: 'x' | 'bytes' | 'percent'): object {
      const found = chart.options.scales?.[name];
      if (found === undefined) throw new Error(`the timeline has no scale ${name}`);
      return found;
    }

    const unwatch = watchScheme(() => {
      colours = readColours(canvas);
      update();
    });
    $effect(() => {
      shown = view();
      update();
    });
    return () => {
      unwatch();
      chart.destroy();
    };
  };
}

/** How far the chart goes beyond now, in milliseconds. */
function aheadMs({ forecast, spanMs }: TimelineView): number {
  return forecast === undefined ? 0 : Math.min(forecast.highSeconds * 1000, spanMs * AHEAD_SHARE);
}

function datasets(view: TimelineView, colours: Colours): ChartDataset<'line', Point[]>[] {
  const { points } = view;
  const line = (of: (point: TimelinePoint) => number | undefined) => broken(points, of);
  const style = { pointRadius: 0, pointHitRadius: 0, spanGaps: false } as const;
  return [
    {
      ...style,
      label: view.words.available,
      data: line(({ availableBytes }) => availableBytes),
      borderColor: colours.rss,
      borderWidth: 2,
      yAxisID: 'bytes',
    },
    ...(view.swapTotalBytes === undefined
      ? []
      : [
          {
            ...style,
            label: view.words.swap,
            data: line(({ swapUsedBytes }) => swapUsedBytes),
            borderColor: colours.swap,
            borderWidth: 2,
            yAxisID: 'bytes',
          },
        ]),
    ...(view.pressure
      ? [
          {
            ...style,
            label: view.words.pressure,
            data: line(({ pressure }) => pressure),
            borderColor: colours.soon,
            borderWidth: 1.5,
            yAxisID: 'percent',
          },
        ]
      : []),
  ];
}

/** The points of one line, with a hole where there was no reading or nothing was measured. */
function broken(points: readonly TimelinePoint[], of: (point: TimelinePoint) => number | undefined): Point[] {
  return points.flatMap((point, index) => {
    const here = { x: point.timeMs, y: of(point) ?? NaN };
    const before = points[index - 1];
    const gap = before !== undefined && point.timeMs - before.timeMs > GAP_MS;
    return gap ? [{ x: before.timeMs + 1, y: NaN }, here] : [here];
  });
}

/** Labels of the axes. */
const TICKS = { font: { size: 11 }, padding: 4, autoSkip: true } as const;

function configuration(
  view: () => TimelineView | undefined,
  colours: () => Colours,
): ChartConfiguration<'line', Point[]> {
  const hidden = { display: false } as const;
  return {
    type: 'line',
    data: { datasets: [] },
    plugins: [killerLines(view, colours), forecastCone(view, colours), killMarks(view, colours)],
    options: {
      animation: false,
      maintainAspectRatio: false,
      parsing: false,
      normalized: true,
      interaction: { mode: 'index', intersect: false },
      layout: { padding: { top: 14 } },
      scales: {
        x: {
          type: 'linear',
          border: hidden,
          grid: hidden,
          ticks: {
            ...TICKS,
            color: () => colours()['ink-2'],
            maxTicksLimit: 5,
            maxRotation: 0,
            align: 'inner',
            callback: (value) => view()?.words.clock(Number(value)) ?? '',
          },
        },
        bytes: {
          axis: 'y',
          type: 'linear',
          min: 0,
          border: hidden,
          ticks: {
            ...TICKS,
            color: () => colours()['ink-2'],
            count: 3,
            callback: (value) => formatBytes(Number(value)),
          },
          grid: { color: () => colours().line, drawTicks: false },
        },
        percent: {
          axis: 'y',
          type: 'linear',
          position: 'right',
          display: false,
          min: 0,
          max: 100,
          border: hidden,
          grid: hidden,
          ticks: {
            ...TICKS,
            color: () => colours()['ink-2'],
            count: 3,
            callback: (value) => `${Math.round(Number(value))}%`,
          },
        },
      },
      plugins: {
        tooltip: {
          displayColors: true,
          boxWidth: 8,
          boxHeight: 8,
          callbacks: {
            title: ([item]) => {
              const shown = view();
              return shown === undefined || item === undefined
                ? ''
                : shown.words.ago((shown.nowMs - Number(item.parsed.x)) / 1000);
            },
            label: ({ dataset, parsed }) => {
              const value = parsed.y ?? NaN;
              const text = dataset.yAxisID === 'percent' ? formatPercent(value / 100) : formatBytes(value);
              return ` ${dataset.label ?? ''} ${text}`;
            },
          },
        },
      },
    },
  };
}
