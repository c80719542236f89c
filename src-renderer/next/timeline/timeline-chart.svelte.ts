import {
  Chart,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  type ChartConfiguration,
  type ChartDataset,
  type Plugin,
} from 'chart.js';
import { type Attachment } from 'svelte/attachments';
import { type TimelinePoint } from '#shared/contract/watch.ts';
import { formatBytes } from '#shared/format/bytes.ts';
import { formatPercent } from '#shared/format/count.ts';
import { type Words } from '#shared/words/index.ts';
import { readColours, watchScheme, type Colours } from '../../controls/colours.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale, Tooltip);

/** What the chart shows. */
export interface TimelineView {
  readonly points: readonly TimelinePoint[];
  readonly nowMs: number;
  readonly spanMs: number;
  readonly totalBytes: number;
  readonly swapTotalBytes: number | undefined;
  readonly pressure: boolean;
  readonly words: Words['timeline'];
}

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
      Object.assign(scale('x'), { min: shown.nowMs - shown.spanMs, max: shown.nowMs });
      Object.assign(scale('bytes'), { max: Math.max(shown.totalBytes, shown.swapTotalBytes ?? 0) });
      const most = Math.max(LEAST_PRESSURE, ...shown.points.map(({ pressure }) => pressure ?? 0));
      Object.assign(scale('percent'), { max: most });
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

function configuration(
  view: () => TimelineView | undefined,
  colours: () => Colours,
): ChartConfiguration<'line', Point[]> {
  const hidden = { display: false } as const;
  return {
    type: 'line',
    data: { datasets: [] },
    plugins: [killMarks(view, colours)],
    options: {
      animation: false,
      maintainAspectRatio: false,
      parsing: false,
      normalized: true,
      interaction: { mode: 'index', intersect: false },
      layout: { padding: { top: 8 } },
      scales: {
        x: {
          type: 'linear',
          border: hidden,
          grid: hidden,
          ticks: hidden,
        },
        bytes: {
          axis: 'y',
          type: 'linear',
          min: 0,
          border: hidden,
          ticks: { display: false, count: 5 },
          grid: { color: () => colours().line, drawTicks: false },
        },
        percent: { axis: 'y', type: 'linear', display: false, min: 0, max: 100 },
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

/** Kills nearer than this are one mark. */
const MARK_PX = 12;
/** More marks than this have no lines: they would hide what led to them. */
const MOST_LINES = 8;

/** A triangle for every kill, or for many at once, and a dashed line where that does not hide the rest. */
function killMarks(view: () => TimelineView | undefined, colours: () => Colours): Plugin<'line'> {
  return {
    id: 'kills',
    afterDatasetsDraw({ ctx, chartArea, scales }) {
      const across = scales['x'];
      if (across === undefined) return;
      const marks: number[] = [];
      for (const { timeMs, kills } of view()?.points ?? []) {
        const x = across.getPixelForValue(timeMs);
        if (kills > 0 && x - (marks.at(-1) ?? -MARK_PX) >= MARK_PX) marks.push(x);
      }
      ctx.save();
      ctx.strokeStyle = colours().next;
      ctx.fillStyle = colours().next;
      ctx.lineWidth = 1.5;
      ctx.setLineDash([3, 3]);
      for (const x of marks) {
        if (marks.length <= MOST_LINES) {
          ctx.beginPath();
          ctx.moveTo(x, chartArea.top);
          ctx.lineTo(x, chartArea.bottom);
          ctx.stroke();
        }
        ctx.beginPath();
        ctx.moveTo(x - 5, chartArea.top - 8);
        ctx.lineTo(x + 5, chartArea.top - 8);
        ctx.lineTo(x, chartArea.top);
        ctx.fill();
      }
      ctx.restore();
    },
  };
}
