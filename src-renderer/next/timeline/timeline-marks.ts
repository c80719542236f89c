import { type Plugin } from 'chart.js';
import { shorten } from '#shared/format/safe-text.ts';
import { type Colours } from '../../controls/colours.ts';
import { type TimelineView } from './timeline-view.ts';

/** Where another program kills before the kernel does. */
export function killerLines(view: () => TimelineView | undefined, colours: () => Colours): Plugin<'line'> {
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
export function forecastCone(view: () => TimelineView | undefined, colours: () => Colours): Plugin<'line'> {
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
export function killMarks(view: () => TimelineView | undefined, colours: () => Colours): Plugin<'line'> {
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
