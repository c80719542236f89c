import { chmodSync, linkSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuditLog } from '../../../../../src-main/helper/root/audit-log.ts';
import { HelperTree } from '../../../../helpers/helper-tree.ts';

const FILE = 'var/log/lifeboat/helper.log';
let tree: HelperTree;
let log: AuditLog;
beforeEach(() => {
  tree = new HelperTree();
  log = new AuditLog(tree, 1000);
});
afterEach(() => {
  vi.restoreAllMocks();
  tree.remove();
});

/** What is said on standard error meanwhile. */
function complaints(work: () => void): number {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  work();
  return write.mock.calls.length;
}

describe('AuditLog', () => {
  it('adds a line each, for root alone', () => {
    log.record({ request: { verb: 'ping' } });
    log.record({ ended: 'a\u009b' });
    const lines = tree.read(FILE).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { askedByUid: 1000, helper: process.pid, request: { verb: 'ping' } },
      { ended: 'a\u009b' },
    ]);
    expect(tree.read(FILE)).not.toContain('\u009b');
    expect(statSync(tree.path(FILE)).mode & 0o777).toBe(0o600);
    expect(statSync(tree.path('var/log/lifeboat')).mode & 0o777).toBe(0o700);
  });

  it('stays below twice its size, with one old file', () => {
    for (let n = 0; n < 300; n += 1) log.record({ n, text: 'x'.repeat(10_000) });
    const bytes = [FILE, `${FILE}.1`].map((path) => statSync(tree.path(path)).size);
    expect(Math.max(...bytes)).toBeLessThan((1 << 20) + 11_000);
    expect(tree.has(`${FILE}.2`)).toBe(false);
    expect(tree.read(FILE)).toContain('"n":299');
  });

  it('follows no link, and says so once', () => {
    tree.write('victim', 'a');
    mkdirSync(tree.path('var/log/lifeboat'), { mode: 0o700 });
    symlinkSync('../../../victim', tree.path(FILE));
    const said = complaints(() => {
      log.record({});
      log.record({});
    });
    expect(said).toBe(1);
    expect(tree.read('victim')).toBe('a');
  });

  it('does not write to a file that has another name as well', () => {
    tree.write('victim', 'a');
    mkdirSync(tree.path('var/log/lifeboat'), { mode: 0o700 });
    linkSync(tree.path('victim'), tree.path(FILE));
    const said = complaints(() => {
      log.record({});
    });
    expect(said).toBe(1);
    expect(tree.read('victim')).toBe('a');
  });

  it('does not write to a folder that others can change', () => {
    mkdirSync(tree.path('var/log/lifeboat'));
    chmodSync(tree.path('var/log/lifeboat'), 0o777);
    const said = complaints(() => {
      log.record({});
    });
    expect(said).toBe(1);
    expect(tree.has(FILE)).toBe(false);
  });
});
