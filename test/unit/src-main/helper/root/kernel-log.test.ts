import { setTimeout as sleep } from 'node:timers/promises';
import { appendFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KernelLog } from '../../../../../src-main/helper/root/kernel-log.ts';
import { HelperTree } from '../../../../helpers/helper-tree.ts';

let tree: HelperTree;
beforeEach(() => {
  tree = new HelperTree();
});
afterEach(() => {
  vi.useRealTimers();
  tree.remove();
});

describe('KernelLog', { timeout: 15_000 }, () => {
  it('gives a record as a line, without its dictionary and without control characters', () => {
    tree.write('dev/kmsg', '4,7,99,-;Out of memory: \u001b[2J\u202ea\n SUBSYSTEM=acpi\n');
    const lines: string[] = [];
    const log = new KernelLog(
      tree,
      (line) => lines.push(line),
      () => false,
    );
    vi.useFakeTimers();
    expect(log.follow()).toMatchObject({ ok: true });
    expect(lines).toEqual(['4,7,99,-;Out of memory: \\x1b[2J\\u202ea']);
  });

  it('gives what comes later', async () => {
    tree.write('dev/kmsg', '4,1,1,-;one\n');
    const lines: string[] = [];
    new KernelLog(
      tree,
      (line) => lines.push(line),
      () => false,
    ).follow();
    appendFileSync(tree.path('dev/kmsg'), '4,2,2,-;two\n');
    await vi.waitFor(() => {
      expect(lines).toEqual(['4,1,1,-;one', '4,2,2,-;two']);
    }, 10_000);
  });

  it('reads nothing while the other side is behind', async () => {
    tree.write('dev/kmsg', '4,1,1,-;one\n');
    const lines: string[] = [];
    let isBehind = true;
    new KernelLog(
      tree,
      (line) => lines.push(line),
      () => isBehind,
    ).follow();
    await sleep(250);
    expect(lines).toEqual([]);
    isBehind = false;
    await vi.waitFor(() => {
      expect(lines).toHaveLength(1);
    }, 10_000);
  });

  it('says why the log cannot be read', () => {
    expect(
      new KernelLog(
        tree,
        () => undefined,
        () => false,
      ).follow(),
    ).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });
});
