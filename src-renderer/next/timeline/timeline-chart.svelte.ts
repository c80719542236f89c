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
import { shorten } from '#shared/format/safe-text.ts';
import { type Forecast } from '#shared/model/forecast.ts';
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
  /** Memory that is left when another killer acts, with its name. */
  readonly lines: readonly KillerLine[];
  /** When memory is used up, in seconds from now. */
  readonly forecast: Pick<Forecast, 'lowSeconds' | 'highSeconds'> | undefined;
  /** Who was killed at about this time; empty where that is not known. */
  readonly killedAt: (timeMs: number) => string;
  readonly words: Words['timeline'];
}

/** The line of memory from which another program kills. */
export interface KillerLine {
  readonly name: string;
  readonly availableBytes: number;
}

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

/** Where another program kills before the kernel does. */
function killerLines(view: () => TimelineView | undefined, colours: () => Colours): Plugin<'line'> {
  return {
    id: 'killers',
    beforeDatasetsDraw({ ctx, chartArea, scales }) {
      const bytes = scales['bytes'];
      if (bytes === undefined) return;
      ctx.save();
      ctx.strokeStyle = colours().soon;
      ctx.fillStyle = colours().soon;
      ctx.font = LABEL_FONT;
      ctx.setLineDash([4, 3]);
      for (const { name, availableBytes } of view()?.lines ?? []) {
        const y = bytes.getPixelForValue(availableBytes);
        ctx.beginPath();
        ctx.moveTo(chartArea.left, y);
        ctx.lineTo(chartArea.right, y);
        ctx.stroke();
        ctx.fillText(name, chartArea.left + 4, y - 3);
      }
      ctx.restore();
    },
  };
}

/** From what is left now to nothing, between the two ends of what is forecast. */
function forecastCone(view: () => TimelineView | undefined, colours: () => Colours): Plugin<'line'> {
  return {
    id: 'forecast',
    beforeDatasetsDraw({ ctx, chartArea, scales }) {
      const { x: across, bytes } = scales;
      const shown = view();
      const last = shown?.points.at(-1);
      if (across === undefined || bytes === undefined || shown?.forecast === undefined || last === undefined)
        return;
      const { nowMs, forecast } = shown;
      ctx.save();
      ctx.beginPath();
      ctx.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
      ctx.clip();
      ctx.globalAlpha = 0.35;
      ctx.fillStyle = colours().rss;
      ctx.beginPath();
      ctx.moveTo(across.getPixelForValue(last.timeMs), bytes.getPixelForValue(last.availableBytes));
      ctx.lineTo(across.getPixelForValue(nowMs + forecast.lowSeconds * 1000), bytes.getPixelForValue(0));
      ctx.lineTo(across.getPixelForValue(nowMs + forecast.highSeconds * 1000), bytes.getPixelForValue(0));
      ctx.fill();
      ctx.globalAlpha = 1;
      ctx.strokeStyle = colours().line;
      ctx.beginPath();
      ctx.moveTo(across.getPixelForValue(nowMs), chartArea.top);
      ctx.lineTo(across.getPixelForValue(nowMs), chartArea.bottom);
      ctx.stroke();
      ctx.restore();
    },
  };
}

const LABEL_FONT = '11px system-ui, sans-serif';
/** A name at a mark has room for so many letters. */
const MARK_NAME = 16;

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
      const shown = view();
      const marks: { readonly x: number; kills: number; readonly name: string }[] = [];
      for (const { timeMs, kills } of shown?.points ?? []) {
        if (kills === 0) continue;
        const x = across.getPixelForValue(timeMs);
        const before = marks.at(-1);
        if (before !== undefined && x - before.x < MARK_PX) before.kills += kills;
        else marks.push({ x, kills, name: shown?.killedAt(timeMs) ?? '' });
      }
      let labelledTo = -Infinity;
      ctx.save();
      ctx.strokeStyle = colours().next;
      ctx.fillStyle = colours().next;
      ctx.lineWidth = 1.5;
      ctx.setLineDash([3, 3]);
      ctx.font = LABEL_FONT;
      for (const { x, kills, name } of marks) {
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
        const label = `${shorten(name, MARK_NAME)}${kills > 1 ? ` ×${kills}` : ''}`.trim();
        const width = ctx.measureText(label).width;
        const left = x + 8 + width > chartArea.right ? x - 8 - width : x + 8;
        if (label === '' || left < labelledTo) continue;
        ctx.fillText(label, left, chartArea.top);
        labelledTo = left + width + 8;
      }
      ctx.restore();
    },
  };
}
