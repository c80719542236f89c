import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bootSettings, bootWrites } from '#shared/kernel/sysctl/boot.ts';
import { type SysctlDisk, type SysctlFile } from '#shared/kernel/sysctl/disk.ts';
import { parseSysctlLines } from '#shared/kernel/sysctl/lines.ts';
import { meantNames, rejectedLines } from '#shared/kernel/sysctl/rejected.ts';
import { ODD_TEXTS, ODD_TREES } from '../../../../helpers/odd-sysctl-lines.ts';
import { judge, type Verdict } from '../../../../helpers/sysctl-judge.ts';

const FIXTURE = fileURLToPath(new URL('../../../../fixtures/sysctl-d/odd-lines.json', import.meta.url));

/** What systemd-sysctl 252 and procps 4.0.2 wrote; `LIFEBOAT_RECORD=1` as root lets the machine's own programs judge again. */
function verdicts(): readonly Verdict[] {
  if (process.env['LIFEBOAT_RECORD'] !== undefined) {
    const judged = ODD_TREES.map((tree) => judge(tree));
    writeFileSync(FIXTURE, `[\n${judged.map((verdict) => JSON.stringify(verdict)).join(',\n')}\n]\n`);
  }
  expect(existsSync(FIXTURE)).toBe(true);
  return JSON.parse(readFileSync(FIXTURE, 'utf8')) as Verdict[];
}

const PATH = '/etc/sysctl.d/10-a.conf';

function diskOf(text: string, reader: 'systemd' | 'procps'): SysctlDisk {
  const file: SysctlFile = {
    path: PATH,
    lines: parseSysctlLines(text, reader),
    rejected: rejectedLines(text, reader),
  };
  const commandLine = { path: '/proc/cmdline', lines: [], rejected: [] };
  return { reader, commandLine, files: [file], unreadFiles: [] };
}

describe('lines that people and editors leave behind', () => {
  it('set what systemd-sysctl and procps made of them, and nothing else', { timeout: 120_000 }, () => {
    const all = verdicts();
    expect(all.length).toBe(ODD_TEXTS.length);
    for (const { tree, systemd, procps } of all) {
      const text = tree[PATH] as string;
      for (const [reader, expected] of [
        ['systemd', systemd],
        ['procps', procps],
      ] as const) {
        const ours = bootWrites(diskOf(text, reader)).map(({ name, value }) => [name, value]);
        expect({ text, reader, ours }).toEqual({ text, reader, ours: expected });
      }
    }
  });

  it('are each set, or shown with a reason', () => {
    for (const { tree, systemd, procps } of JSON.parse(readFileSync(FIXTURE, 'utf8')) as Verdict[]) {
      const text = tree[PATH] as string;
      for (const [reader, written] of [
        ['systemd', systemd],
        ['procps', procps],
      ] as const) {
        const boot = [...bootSettings(diskOf(text, reader)).values()];
        const ignored = boot.flatMap((setting) => setting.ignored);
        // A text of one line says one thing: either it was written, or it is ignored.
        if (text.includes('\n') || text.includes('\r') || text.includes('\0')) continue;
        const accepted = boot.some(
          ({ winner, ignored: lines }) => winner !== undefined && lines.length === 0,
        );
        expect({ text, reader, shown: accepted || ignored.length > 0 }).toEqual({
          text,
          reader,
          shown: true,
        });
        if (written.length === 0) expect(ignored.length).toBeGreaterThan(0);
      }
    }
  });

  it.each([
    ['\ufeffvm.swappiness=5', 'byte-order-mark'],
    ['vm . swappiness = 5', 'no-such-setting'],
    ['vm.swappiness 5', 'not-an-assignment'],
    ['v\0m\0.\0s\0w\0a\0p\0p\0i\0n\0e\0s\0s\0=\x005\0\n\0', 'encoding'],
    ['vm.swappiness=5;', 'refused'],
    ['vm.swappiness=201', 'refused'],
    ['vm.swappiness=', 'refused'],
  ])('%j is ignored: %s', (text, reason) => {
    const { ignored } = bootSettings(diskOf(text, 'systemd')).get('vm.swappiness') ?? { ignored: [] };
    expect(ignored).toMatchObject([{ file: PATH, line: 1, reason }]);
  });

  it('are refused by kernels before 5.8 above 100', () => {
    const disk = diskOf('vm.swappiness=150', 'systemd');
    expect(bootSettings(disk, { major: 5, minor: 4, patch: 0 }).get('vm.swappiness')).toMatchObject({
      value: 60,
      ignored: [{ reason: 'refused' }],
    });
    expect(bootSettings(disk, { major: 5, minor: 8, patch: 0 }).get('vm.swappiness')?.value).toBe(150);
  });

  it('are not taken for ours where they are real settings of other meaning', () => {
    for (const text of [
      'kernel.panic_on_oops=1',
      'kernel.panic_on_warn=1',
      'vm.dirty_ratio=10',
      'vm.nr_overcommit_hugepages=1',
      'vm.min_slab_ratio=5',
      'kernel.hung_task_panic=1',
      'vm.vfs_cache_pressure=50',
      'kernel.softlockup_panic=1',
      'kernel.pid_max=4194304',
    ])
      expect({ text, names: meantNames(text) }).toEqual({ text, names: [] });
  });
});
