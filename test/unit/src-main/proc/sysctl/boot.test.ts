import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { bootSettings, bootWrites, type BootWrite } from '#shared/kernel/sysctl/boot.ts';
import { KEPT_FILE } from '#shared/kernel/sysctl/disk.ts';
import { withKept } from '#shared/kernel/sysctl/kept.ts';
import { readSysctlDisk } from '../../../../../src-main/proc/sysctl/files.ts';
import {
  arbitraryTrees,
  type ConfigTree,
  judge,
  type JudgedWrite,
  plant,
  type Verdict,
} from '../../../../helpers/sysctl-judge.ts';

const roots: string[] = [];
function clearUp(): void {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
}
afterEach(clearUp);

function diskOf(tree: ConfigTree, { systemd, cmdline = '' }: { systemd: boolean; cmdline?: string }) {
  const root = mkdtempSync(join(tmpdir(), 'lifeboat-sysctl-'));
  roots.push(root);
  plant(root, { ...tree, '/proc/cmdline': cmdline });
  if (systemd) mkdirSync(join(root, 'run/systemd/system'), { recursive: true });
  return readSysctlDisk({ proc: join(root, 'proc'), sys: join(root, 'sys'), etc: join(root, 'etc') }, root);
}

const FIXTURE = fileURLToPath(new URL('../../../../fixtures/sysctl-d/verdicts.json', import.meta.url));

/**
 * What systemd-sysctl 252 and procps 4.0.2 did with these trees on Debian 12. `LIFEBOAT_RECORD=1` as root lets the machine's own programs
 * judge again and records their verdicts.
 */
function verdicts(): readonly Verdict[] {
  if (process.env['LIFEBOAT_RECORD'] !== undefined) {
    mkdirSync(dirname(FIXTURE), { recursive: true });
    const judged = arbitraryTrees(400).map((tree) => judge(tree));
    writeFileSync(FIXTURE, `[\n${judged.map((verdict) => JSON.stringify(verdict)).join(',\n')}\n]\n`);
  }
  expect(existsSync(FIXTURE)).toBe(true);
  return JSON.parse(readFileSync(FIXTURE, 'utf8')) as Verdict[];
}

/** What one pattern sets is one step: systemd takes the names in whatever order the folder has. */
function inGroups(writes: readonly BootWrite[], judged: readonly JudgedWrite[]) {
  const groups: BootWrite[][] = [];
  for (const write of writes) {
    const last = groups.at(-1);
    if (last?.[0]?.source.file === write.source.file && last[0].source.line === write.source.line)
      last.push(write);
    else groups.push([write]);
  }
  let at = 0;
  const theirs = groups.map(({ length }) => {
    at += length;
    return judged
      .slice(at - length, at)
      .map(String)
      .sort();
  });
  return {
    ours: groups.map((group) => group.map(({ name, value }) => `${name},${value}`).sort()),
    theirs: [...theirs, ...judged.slice(at).map((write) => [String(write)])],
  };
}

describe('against the programs that read the files at boot', () => {
  it('writes what they wrote, in their order', { timeout: 120_000 }, () => {
    const all = verdicts();
    expect(all.length).toBe(400);
    let compared = 0;
    for (const { tree, systemd, procps } of all) {
      for (const [reader, expected] of [
        ['systemd', systemd],
        ['procps', procps],
      ] as const) {
        const disk = diskOf(tree, { systemd: reader === 'systemd' });
        const { ours, theirs } = inGroups(bootWrites(disk), expected);
        expect({ reader, tree, writes: ours }).toEqual({ reader, tree, writes: theirs });
        compared += expected.length;
        clearUp();
      }
    }
    // The verdicts say something.
    expect(compared).toBeGreaterThan(2_000);
  });
});

describe('what the next boot sets', () => {
  const settings = (tree: ConfigTree, options: { systemd?: boolean; cmdline?: string } = {}) =>
    bootSettings(diskOf(tree, { systemd: true, ...options }));

  it('is the default where nothing is said, and unknown where the kernel computes it', () => {
    const all = settings({});
    expect(all.get('vm.swappiness')).toEqual({ value: 60, overridden: [], ignored: [] });
    expect(all.get('vm.min_free_kbytes')).toEqual({ overridden: [], ignored: [] });
  });

  it('names the line that wins and those that lose', () => {
    const all = settings({
      '/usr/lib/sysctl.d/99-vendor.conf': '# vendor\nvm.swappiness = 10\n',
      '/etc/sysctl.d/50-mine.conf': 'vm.swappiness=1\n',
    });
    expect(all.get('vm.swappiness')).toEqual({
      value: 10,
      winner: { value: '10', file: '/usr/lib/sysctl.d/99-vendor.conf', line: 2 },
      overridden: [{ value: '1', file: '/etc/sysctl.d/50-mine.conf', line: 1 }],
      ignored: [],
    });
  });

  it('leaves out what is of this boot only: files and masks below /run, and what they hide counts', () => {
    const tree = {
      '/run/sysctl.d/99-x.conf': 'vm.swappiness=5\n',
      '/usr/lib/sysctl.d/99-x.conf': 'vm.swappiness=6\n',
      '/run/systemd/system/systemd-sysctl.service': { linkTo: '/dev/null' },
    };
    for (const systemd of [true, false])
      expect(settings(tree, { systemd }).get('vm.swappiness')).toMatchObject({
        value: 6,
        winner: { file: '/usr/lib/sysctl.d/99-x.conf' },
        ignored: [{ file: '/run/sysctl.d/99-x.conf', line: 1, reason: 'this-boot' }],
      });
  });

  it('lets ratio and kbytes clear each other in the order of their lines', () => {
    const ratioLast = settings({
      '/etc/sysctl.d/a.conf': 'vm.overcommit_kbytes=9\nvm.overcommit_ratio=80\n',
    });
    expect(ratioLast.get('vm.overcommit_kbytes')?.value).toBe(0);
    expect(ratioLast.get('vm.overcommit_ratio')?.value).toBe(80);
    const kbytesLast = settings({
      '/etc/sysctl.d/a.conf': 'vm.overcommit_ratio=80\nvm.overcommit_kbytes=0\n',
    });
    expect(kbytesLast.get('vm.overcommit_ratio')?.value).toBe(0);
  });

  it('keeps what the kernel had where it would refuse the value', () => {
    const refused = settings({ '/etc/sysctl.d/a.conf': 'vm.swappiness=201\nvm.panic_on_oom=yes\n' });
    expect(refused.get('vm.swappiness')).toMatchObject({ value: 60, winner: { value: '201' } });
    expect(refused.get('vm.panic_on_oom')?.value).toBe(0);
    const tree = {
      '/etc/sysctl.d/a.conf': 'vm.swappiness=10\n',
      '/etc/sysctl.d/b.conf': 'vm.swappiness=many\n',
    };
    // systemd tries the last line alone, procps all of them.
    expect(settings(tree).get('vm.swappiness')?.value).toBe(60);
    expect(settings(tree, { systemd: false }).get('vm.swappiness')?.value).toBe(10);
  });

  it('begins with the kernel’s command line', () => {
    const cmdline =
      'quiet panic=5 sysctl.vm.swappiness=33 sysctl/vm/oom_dump_tasks="0" -- panic=9 sysctl.vm.swappiness=1';
    const all = settings({ '/etc/sysctl.d/a.conf': 'vm.oom_dump_tasks=1\n' }, { cmdline });
    expect(all.get('kernel.panic')).toMatchObject({ value: 5, winner: { file: '/proc/cmdline', line: 1 } });
    expect(all.get('vm.swappiness')?.value).toBe(33);
    expect(all.get('vm.oom_dump_tasks')).toMatchObject({
      value: 1,
      overridden: [{ value: '0', file: '/proc/cmdline', line: 1 }],
    });
  });

  it('knows which program reads /etc/sysctl.conf', () => {
    const conf = { '/etc/sysctl.conf': 'vm.swappiness=7\n', '/etc/sysctl.d/99-z.conf': 'vm.swappiness=8\n' };
    expect(settings(conf).get('vm.swappiness')?.value).toBe(8);
    expect(diskOf(conf, { systemd: true }).unread?.lines).toHaveLength(1);
    expect(settings(conf, { systemd: false }).get('vm.swappiness')?.value).toBe(7);
    const linked = { ...conf, '/etc/sysctl.d/99-sysctl.conf': { linkTo: '../sysctl.conf' } };
    expect(diskOf(linked, { systemd: true }).unread).toBeUndefined();
    // 99-sysctl.conf is before 99-z.conf.
    expect(settings(linked).get('vm.swappiness')?.value).toBe(8);
  });
});

describe('with settings kept by Lifeboat', () => {
  const change = { name: 'vm.swappiness', value: 10 } as const;

  it('they win where no later file names them', () => {
    const disk = diskOf({ '/usr/lib/sysctl.d/50-x.conf': 'vm.swappiness=1\n' }, { systemd: true });
    expect(bootSettings(withKept(disk, [change])).get('vm.swappiness')).toMatchObject({
      value: 10,
      winner: { file: KEPT_FILE, value: '10' },
    });
  });

  it('a later file wins over them', () => {
    const disk = diskOf({ '/usr/lib/sysctl.d/99-x.conf': 'vm.swappiness=1\n' }, { systemd: true });
    expect(bootSettings(withKept(disk, [change])).get('vm.swappiness')?.winner?.file).toBe(
      '/usr/lib/sysctl.d/99-x.conf',
    );
    const conf = diskOf({ '/etc/sysctl.conf': 'vm.swappiness=1\n' }, { systemd: false });
    expect(bootSettings(withKept(conf, [change])).get('vm.swappiness')?.winner?.file).toBe(
      '/etc/sysctl.conf',
    );
  });

  it('they take the place of what the file said about them, and leave the rest', () => {
    const disk = diskOf({ [KEPT_FILE]: 'vm/swappiness=1\nvm.panic_on_oom=1\n' }, { systemd: true });
    const kept = withKept(disk, [change]);
    expect(bootSettings(kept).get('vm.swappiness')?.overridden).toEqual([]);
    expect(bootSettings(kept).get('vm.panic_on_oom')?.value).toBe(1);
  });

  it('a file of the same name in another folder is hidden by ours', () => {
    const disk = diskOf({ '/usr/lib/sysctl.d/90-lifeboat.conf': 'vm.panic_on_oom=1\n' }, { systemd: true });
    expect(bootSettings(withKept(disk, [change])).get('vm.panic_on_oom')?.value).toBe(0);
  });
});
