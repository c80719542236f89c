import { readdirSync, readlinkSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HOST_FILES, type KernelFiles } from '../../../../src-main/proc/kernel-files.ts';
import { withDescriptor } from '../../../../src-main/proc/descriptors.ts';
import { KeptFile } from '../../../../src-main/proc/kept-file.ts';
import { keepMeminfo } from '../../../../src-main/proc/meminfo.ts';
import { keepPidStat } from '../../../../src-main/proc/pid/stat.ts';
import { keepVmstat } from '../../../../src-main/proc/vmstat.ts';
import { startSleep } from '../../../helpers/processes/process-children.ts';
import { testTree } from '../../../helpers/processes/process-sampler.ts';

/** A kept file of text in a built tree; what it says is split at blanks, so that every parsing gives a new object. */
function keptText(records?: 'one-record' | 'many-records') {
  const tree = testTree();
  const file = new KeptFile(
    `${tree.proc}/thing`,
    (text) => (text.startsWith('bad') ? undefined : text.trimEnd().split(' ')),
    records,
  );
  onTestFinished(() => {
    file.close();
  });
  return {
    tree,
    file,
    write: (text: string) => {
      tree.write('/proc/thing', text);
    },
  };
}

function openFiles(files: KernelFiles): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(files.proc) ? [path] : [];
    } catch {
      // The descriptor of the listing itself.
      return [];
    }
  });
}

describe('KeptFile', () => {
  it('reads what the file says now', () => {
    const { file, write } = keptText();
    write('1 2\n');
    expect(file.read()).toEqual({ ok: true, value: ['1', '2'] });
    write('3\n');
    expect(file.read()).toEqual({ ok: true, value: ['3'] });
  });

  it('gives its descriptor up to what finds none left, and reads on by its path', () => {
    const { file, write } = keptText();
    write('1\n');
    file.read();
    let tries = 0;
    // As the kernel refuses: until something was closed.
    const opened = withDescriptor(() => {
      tries += 1;
      if (tries === 1) throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' });
      return 'opened';
    });
    expect({ opened, tries }).toEqual({ opened: 'opened', tries: 2 });
    write('2\n');
    expect(file.read()).toEqual({ ok: true, value: ['2'] });
  });

  it('holds nothing open once descriptors are scarce', () => {
    const tree = testTree();
    const file = keepMeminfo(tree);
    file.read();
    expect(openFiles(tree)).toHaveLength(1);
    file.stopHolding();
    expect(openFiles(tree)).toEqual([]);
    tree.setMeminfo({ memFreeBytes: 5 << 20 });
    expect(file.read()).toMatchObject({ ok: true, value: { memFreeBytes: 5 << 20 } });
    expect(openFiles(tree)).toEqual([]);
  });

  it('gives the very same value as long as the text is the same', () => {
    const { file, write } = keptText();
    write('1 2\n');
    const first = file.read();
    expect(file.read()).toBe(first);
    write('1 3\n');
    expect(file.read()).not.toBe(first);
  });

  it('opens it once, and gives the descriptor back', () => {
    const { tree, file, write } = keptText();
    write('1\n');
    for (let time = 0; time < 5; time++) file.read();
    expect(openFiles(tree)).toHaveLength(1);
    file.close();
    expect(openFiles(tree)).toEqual([]);
  });

  it('fails as a value where there is nothing to open, and reads it once there is', () => {
    const { tree, file, write } = keptText();
    expect(file.read()).toMatchObject({ ok: false, why: 'missing', errno: 'ENOENT' });
    write('1\n');
    expect(file.read()).toMatchObject({ ok: true });
    tree.breakFile('/proc/thing');
    expect(file.read()).toMatchObject({ ok: false, why: 'failed', errno: 'EISDIR' });
    expect(openFiles(tree)).toEqual([]);
  });

  it('says each time that a text is malformed, and forgets it with the next one', () => {
    const { file, write } = keptText();
    write('bad\n');
    expect(file.read()).toMatchObject({ ok: false, why: 'malformed' });
    expect(file.read()).toMatchObject({ ok: false, why: 'malformed' });
    write('1\n');
    expect(file.read()).toMatchObject({ ok: true, value: ['1'] });
  });

  it.for(['one-record', 'many-records'] as const)('reads a long file of %s to its end', (records) => {
    const { file, write } = keptText(records);
    const words = Array.from({ length: 30_000 }, (_, index) => index.toString());
    write(`${words.join(' ')}\n`);
    expect(file.read()).toEqual({ ok: true, value: words });
  });

  describe('on this machine', { timeout: 30_000 }, () => {
    it('sees figures change through one descriptor', async () => {
      const child = await startSleep();
      const file = keepPidStat(HOST_FILES, child.pid);
      expect(file.read()).toMatchObject({ ok: true, value: { pid: child.pid, name: 'sleep' } });
      await child.kill();
      expect(file.read()).toMatchObject({ ok: false, why: 'missing' });
      file.close();
    });

    it('reads files of one record and of many whole, again and again', () => {
      const [meminfo, vmstat] = [keepMeminfo(HOST_FILES), keepVmstat(HOST_FILES)];
      for (let time = 0; time < 3; time++) {
        expect(meminfo.read()).toMatchObject({ ok: true });
        // oom_kill is one of the last of them.
        expect(vmstat.read()).toMatchObject({ ok: true, value: { oomKills: expect.any(Number) as number } });
      }
      meminfo.close();
      vmstat.close();
    });
  });
});
