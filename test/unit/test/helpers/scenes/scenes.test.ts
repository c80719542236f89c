import { describe, expect, it } from 'vitest';
import { type View } from '#shared/contract/watch.ts';
import { SCENES } from '../../../../helpers/scenes/scenes.ts';

const VIEW = {
  scope: { kind: 'global' },
  orderCount: 500,
  table: { query: '', sort: 'rank', descending: false, from: 0, count: 500 },
} as const satisfies View;

function frameOf(name: string, view: View = VIEW) {
  const scene = (SCENES[name] ?? expect.unreachable)();
  const result = scene.frame(view, 7);
  return { scene, frame: result.ok ? result.value : expect.unreachable() };
}

describe.each(Object.keys(SCENES))('the scene %s', (name) => {
  it('adds up: what is used, cached and free is the memory', () => {
    const { memory } = frameOf(name).frame;
    expect(memory.anonBytes + memory.shmemBytes + memory.cacheBytes + memory.freeBytes).toBeLessThanOrEqual(
      memory.totalBytes,
    );
    expect(memory.availableBytes).toBeLessThanOrEqual(memory.freeBytes + memory.cacheBytes);
    if (memory.swap !== undefined) expect(memory.swap.freeBytes).toBeGreaterThan(0);
  });

  it('has a kill order as the kernel would make it', () => {
    const { order } = frameOf(name).frame;
    let freed = 0;
    order.entries.forEach((entry, index) => {
      const used = entry.rssPages + entry.swapPages + entry.pageTablePages;
      expect(entry.rank).toBe(index + 1);
      expect(entry.badnessPages).toBe(used + entry.adjustmentPages);
      expect(entry.adjustmentPages).toBe(Math.trunc(order.totalPages / 1000) * entry.oomScoreAdj);
      expect(entry.freesPages).toBeLessThanOrEqual(used);
      freed += entry.freesPages;
      expect(entry.freedSoFarPages).toBe(freed);
      const next = order.entries[index + 1];
      if (next !== undefined) {
        expect(entry.badnessPages).toBeGreaterThanOrEqual(next.badnessPages);
        expect(entry.marginPages).toBe(entry.badnessPages - next.badnessPages);
      }
    });
    expect(order.either.length > 0).toBe(order.entries.length > 0);
  });

  it('has all processes in the table, once, each with a place or a reason', () => {
    const { frame } = frameOf(name);
    const rows = frame.table?.rows ?? [];
    expect(frame.table?.total).toBe(frame.processCount);
    expect(rows).toHaveLength(Math.min(frame.processCount, VIEW.table.count));
    expect(new Set(rows.map(({ pid }) => pid)).size).toBe(rows.length);
    expect(rows.every((row) => (row.rank === undefined) !== (row.ineligible === undefined))).toBe(true);
  });

  it('has an hour behind it that ends where it is now', () => {
    const { scene, frame } = frameOf(name);
    const last = scene.timeline.at(-1) ?? expect.unreachable();
    expect(scene.timeline.length).toBeLessThanOrEqual(1200);
    expect(frame.timeMs - last.timeMs).toBeLessThan(30_000);
    const apart = Math.abs(last.availableBytes - frame.memory.availableBytes);
    expect(apart).toBeLessThan(frame.memory.totalBytes * 0.05);
  });

  it('tells of the end of a process', () => {
    const view = { ...VIEW, chosen: { pid: 4_000_000, startTicks: 1 } };
    expect(frameOf(name, view).frame.chosen).toBe('gone');
  });
});
