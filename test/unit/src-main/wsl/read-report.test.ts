import { describe, expect, it } from 'vitest';
import { wslNotes } from '#shared/wsl/notes.ts';
import { wordsFor } from '#shared/words/index.ts';
import { wslJson, wslLines } from '../../../../src-main/cli/commands/doctor/wsl-notes-text.ts';
import { readWslReport } from '../../../../src-main/wsl/read-report.ts';
import { sampledTree } from '../../../helpers/processes/process-sampler.ts';
import { wslTree } from '../../../helpers/wsl-tree.ts';

const QUICK = { watchMs: 1 };
const MARKS = { good: 'ok', note: 'note', warning: 'WARN', bad: 'BAD' };
const snapshot = () =>
  sampledTree({
    processes: [
      { pid: 1, name: 'systemd', adj: 0 },
      { pid: 400, name: 'systemd', adj: 100 },
    ],
  }).sample();

describe('the report of a machine of WSL', () => {
  it('has the files of Windows, the own wsl.conf, and who ends the session', async () => {
    const tree = wslTree('2.9.9', {
      'etc/wsl.conf': '[boot]\nsystemd=yes\n',
      'mnt/c/Users/Ann/.wslconfig': '[wsl2]\nmemory=8\n',
    });
    expect(await readWslReport(tree, snapshot(), QUICK)).toMatchObject({
      machine: { version: 2, isIsolated: true },
      windowsDrive: 'read',
      wslconfigs: [{ values: { memoryBytes: 256 * 2 ** 20 }, findings: [{ kind: 'below-minimum' }] }],
      wslConf: { findings: [{ kind: 'bool-invalid', line: 2 }] },
      sessionManager: { pid: 400, oomScoreAdj: 100 },
    });
  });

  it('is short for WSL 1, and none outside of WSL', async () => {
    const first = await readWslReport(wslTree('WSL 1'), snapshot(), QUICK);
    expect(first && wslNotes(first).map(({ kind }) => kind)).toEqual(['wsl1']);
    expect(await readWslReport(wslTree('plain Linux'), snapshot(), QUICK)).toBeUndefined();
    expect(await readWslReport(wslTree('a container on WSL'), snapshot(), QUICK)).toBeUndefined();
  });

  it('is printed with every line to copy, harmless for a terminal', async () => {
    const tree = wslTree('2.9.9', { 'mnt/c/Users/Ann/.wslconfig': '[wsl2]\nmemory=8\nsw\u001b]0;x=1\n' });
    const report = await readWslReport(tree, snapshot(), QUICK);
    if (report === undefined) throw new Error('no WSL');
    const words = wordsFor('en');
    const text = wslLines(report, words, MARKS, undefined).join('\n');
    expect(text).toContain('\nWSL 2: ');
    expect(text).toContain(
      '(this distribution): 3.1 GiB\n  docker-desktop: 6.2 GiB\n  another distribution (distro-40): 512 MiB\n',
    );
    expect(text).toContain('\n        memory=8GB\n');
    expect(text).toContain('kernelCommandLine=psi=1');
    expect(text).not.toContain('\u001b');
    expect(JSON.parse(JSON.stringify(wslJson(report, words)))).toMatchObject({ machine: { version: 2 } });
  });
});
