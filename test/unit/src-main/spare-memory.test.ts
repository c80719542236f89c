import { describe, expect, it, vi } from 'vitest';
import { collectGarbage, spareMemory } from '../../../src-main/spare-memory.ts';

/** An object without references. */
function garbage(): WeakRef<object> {
  return new WeakRef({ text: 'gone' });
}

/** A WeakRef holds on until the present task is over. */
const nextTask = () => new Promise((resolve) => setImmediate(resolve));

describe('collectGarbage', () => {
  it('collects what has no references, even when memory is left', async () => {
    const left = garbage();
    await nextTask();
    collectGarbage();
    expect(left.deref()).toBeUndefined();
  });
});

describe('spareMemory', () => {
  it('does so again and again until it is stopped', async () => {
    const stop = spareMemory(1);
    const first = garbage();
    await vi.waitUntil(() => first.deref() === undefined);
    const second = garbage();
    await vi.waitUntil(() => second.deref() === undefined);
    stop();
  });
});
