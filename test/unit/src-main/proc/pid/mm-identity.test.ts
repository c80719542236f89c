import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { HOST_FILES, type KernelFiles } from '../../../../../src-main/proc/kernel-files.ts';
import { compareAddressSpaces, type MmIdentity } from '../../../../../src-main/proc/pid/mm-identity.ts';

const PAGE = 4096;
const root = mkdtempSync(join(tmpdir(), 'lifeboat-mm-'));
const files: KernelFiles = { proc: root, sys: root, etc: root };
afterAll(() => {
  rmSync(root, { recursive: true });
});

const PRESENT = 1n << 63n;
const SWAPPED = 1n << 62n;
const FILE = 1n << 61n;
const EXCLUSIVE = 1n << 56n;

/** A stack of four pages that ends at page 100, a heap of two that ends at page 20. */
interface Space {
  readonly stack?: readonly bigint[];
  readonly heap?: readonly bigint[];
  readonly stackEndPage?: number;
}

function write(pid: number, { stack = [0n, 0n, 0n, 0n], heap = [0n, 0n], stackEndPage = 100 }: Space): void {
  const address = (page: number): string => (page * PAGE).toString(16).padStart(8, '0');
  const map = (end: number, count: number, permissions: string, name: string): string =>
    `${address(end - count)}-${address(end)} ${permissions} 00000000 00:00 0    ${name}\n`;
  const pages = new BigUint64Array(stackEndPage);
  pages.set(heap, 20 - heap.length);
  pages.set(stack, stackEndPage - stack.length);
  mkdirSync(join(root, String(pid)), { recursive: true });
  writeFileSync(
    join(root, `${pid}/maps`),
    map(5, 1, 'r-xp', '/bin/x') +
      map(20, heap.length, 'rw-p', '[heap]') +
      map(stackEndPage, stack.length, 'rw-p', '[stack]'),
  );
  writeFileSync(join(root, `${pid}/pagemap`), new Uint8Array(pages.buffer));
}

function compare(one: Space, other: Space): MmIdentity {
  write(1, one);
  write(2, other);
  return compareAddressSpaces(files, 1, 2, PAGE);
}

describe('compareAddressSpaces', () => {
  const mapped = PRESENT | EXCLUSIVE;

  it('takes one page that is mapped once, seen by both, for proof', () => {
    const space = { stack: [0n, 0n, 0n, mapped | 7n] };
    expect(compare(space, space)).toBe('shared');
  });

  it('looks at the heap when the stack proves nothing', () => {
    const space = { stack: [0n, 0n, 0n, PRESENT | 7n], heap: [0n, mapped | 8n] };
    expect(compare(space, space)).toBe('shared');
  });

  it('does not believe two processes that show the same pages, each mapped more than once: a fork looks so', () => {
    const space = { stack: [0n, 0n, PRESENT | 6n, PRESENT | 7n], heap: [PRESENT | 8n, PRESENT | 9n] };
    expect(compare(space, space)).toBe('unknown');
  });

  it('tells a fork by the first page that one of them wrote', () => {
    expect(
      compare({ stack: [0n, 0n, PRESENT | 6n, mapped | 7n] }, { stack: [0n, 0n, PRESENT | 6n, mapped | 8n] }),
    ).toBe('separate');
  });

  it('tells processes that ran exec by where their stacks are', () => {
    const space = { stack: [0n, 0n, 0n, 0n] };
    expect(compare(space, { ...space, stackEndPage: 99 })).toBe('separate');
  });

  it('does not take a page of a file, or of shared memory, for proof', () => {
    const space = { stack: [0n, 0n, 0n, mapped | FILE | 7n] };
    expect(compare(space, space)).toBe('unknown');
  });

  it('compares places in swap, which prove a difference and never sameness', () => {
    const swapped = { stack: [0n, 0n, 0n, SWAPPED | EXCLUSIVE | 0x45n] };
    expect(compare(swapped, swapped)).toBe('unknown');
    expect(compare(swapped, { stack: [0n, 0n, 0n, SWAPPED | 0x65n] })).toBe('separate');
    expect(compare(swapped, { stack: [0n, 0n, 0n, mapped | 0x45n] })).toBe('separate');
  });

  it('proves nothing by pages whose frames it may not see', () => {
    const hidden = { stack: [mapped, mapped, mapped, mapped], heap: [mapped, mapped] };
    expect(compare(hidden, hidden)).toBe('unknown');
    expect(compare(hidden, { stack: [0n, 0n, 0n, mapped | 7n] })).toBe('unknown');
    expect(compare({ stack: [0n, 0n, 0n, mapped | 7n] }, hidden)).toBe('unknown');
  });

  it('proves nothing where one of them has no page yet', () => {
    expect(compare({ stack: [0n, 0n, 0n, mapped | 7n] }, { stack: [0n, 0n, 0n, 0n] })).toBe('unknown');
  });

  it('knows nothing of a process that is gone, or has no address space', () => {
    write(1, { stack: [mapped | 7n] });
    expect(compareAddressSpaces(files, 1, 3, PAGE)).toBe('unknown');
    expect(compareAddressSpaces(files, 3, 1, PAGE)).toBe('unknown');
    mkdirSync(join(root, '4'));
    writeFileSync(join(root, '4/maps'), '');
    expect(compareAddressSpaces(files, 1, 4, PAGE)).toBe('unknown');
    expect(compareAddressSpaces(files, 4, 1, PAGE)).toBe('unknown');
  });

  it('knows nothing when pagemap is not for us', () => {
    write(1, { stack: [mapped | 7n] });
    write(2, { stack: [mapped | 7n] });
    rmSync(join(root, '2/pagemap'));
    expect(compareAddressSpaces(files, 1, 2, PAGE)).toBe('unknown');
  });

  it('tells this process from the one that started it', () => {
    const answer = compareAddressSpaces(HOST_FILES, process.pid, process.ppid, PAGE);
    expect(['separate', 'unknown']).toContain(answer);
  });
});
