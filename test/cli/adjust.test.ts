// Over 300 lines: cases of one subject, which share what stands at the top.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Applied } from '#shared/contract/change.ts';
import { type AdjPreview } from '#shared/model/change.ts';
import {
  procFile,
  setAdj,
  startChild,
  startSleep,
  type Child,
} from '../helpers/processes/process-children.ts';
import { lifeboat, type Ended } from '../helpers/processes/process-command.ts';
import { parseListed } from '../helpers/processes/process-list-shape.ts';

/** Folders for state and configuration that are gone with the test. */
function ownFolders(): Readonly<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-act-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return { XDG_STATE_HOME: join(folder, 'state'), XDG_CONFIG_HOME: join(folder, 'config') };
}

const adjOf = ({ pid }: { pid: number }) => Number(procFile(pid, 'oom_score_adj'));

interface Answer {
  readonly version: number;
  readonly preview: AdjPreview;
  readonly applied?: Applied;
}

function json({ stdout }: Ended): Answer {
  return JSON.parse(stdout) as Answer;
}

/** Whether this machine lets root lower a value: CAP_SYS_RESOURCE, bit 24 of CapEff. */
const capabilities = BigInt(`0x${/^CapEff:\s*(\S+)/m.exec(procFile(process.pid, 'status'))?.[1] ?? '0'}`);
const mayLower = ((capabilities >> 24n) & 1n) === 1n;

describe('lifeboat give-up', () => {
  it.for<readonly [readonly string[], number]>([
    [['--adj', '300'], 300],
    [['--adj=+17'], 17],
    [['--adj', '1000'], 1000],
    [['--oom-adj', '15'], 1000],
    [['--oom-adj', '8'], 470],
    [['--oom-adj', '1'], 58],
  ])('%o sets what /proc shows, and says how to take it back', async ([args, expected]) => {
    const child = await startSleep();
    const { code, stdout, stderr } = await lifeboat(['give-up', String(child.pid), ...args], {
      env: ownFolders(),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(adjOf(child)).toBe(expected);
    expect(stdout).toContain(`sleep (${child.pid}): oom_score_adj 0 → +${expected}`);
    expect(stdout).toMatch(/\nUndo: lifeboat undo 1\n$/);
  });

  it('makes a process the next victim, as the list then says', async () => {
    const child = await startSleep();
    const env = ownFolders();
    // Another process of a busy machine may outgrow it in between: then it is given up once more, and stands first again.
    const giveUpAndList = async () => {
      const given = await lifeboat(['give-up', String(child.pid), '--json'], { env });
      const listed = await lifeboat(['list', '--json', '-n', '1'], { env });
      const again = await lifeboat(['give-up', String(child.pid)], { env });
      const { preview, applied } = json(given);
      expect(given.code).toBe(0);
      expect(preview.needsRoot).toBe(false);
      if (applied !== undefined) {
        expect(preview.nextAfter?.pid).toBe(child.pid);
        expect(applied.outcomes.map(({ pid, error }) => ({ pid, error }))).toEqual([{ pid: child.pid }]);
      }
      return { first: parseListed(listed.stdout).order[0]?.pid, again: again.stdout };
    };
    await expect.poll(giveUpAndList, { timeout: 18_000 }).toEqual({
      first: child.pid,
      again: 'No change is needed: it already has that place.\n',
    });
    expect(adjOf(child)).toBeGreaterThan(0);
  });

  it('takes all of a name, and a process with its children', async () => {
    const env = ownFolders();
    const name = `cliact${process.pid % 10_000}`;
    const start = () =>
      startChild(
        'bash',
        [
          '-c',
          `exec -a x ${process.execPath} -e "process.title='${name}';process.stdout.write('ready');setInterval(()=>0,1e6)"`,
        ],
        'ready',
      );
    const named = [await start(), await start()];
    const all = await lifeboat(['give-up', '--name', name, '--adj', '40', '--json'], { env });
    expect(all.code).toBe(0);
    expect(
      json(all)
        .applied?.outcomes.map(({ pid }) => pid)
        .toSorted((a, b) => a - b),
    ).toEqual(named.map(({ pid }) => pid).toSorted((a, b) => a - b));
    expect(named.map(adjOf)).toEqual([40, 40]);

    const parent = await startChild('bash', ['-c', 'sleep 1000 & echo ready; wait'], 'ready');
    const tree = await lifeboat(['give-up', String(parent.pid), '--tree', '--adj', '50', '--json'], { env });
    const pids = json(tree).applied?.outcomes.map(({ pid }) => pid) ?? [];
    expect(pids).toContain(parent.pid);
    expect(pids.length).toBe(2);
    expect(pids.map((pid) => adjOf({ pid }))).toEqual([50, 50]);
    for (const pid of pids) if (pid !== parent.pid) process.kill(pid, 'SIGKILL');
  });

  it('writes nothing with --dry-run, and shows the same', async () => {
    const child = await startSleep();
    const env = ownFolders();
    const text = await lifeboat(['give-up', String(child.pid), '--adj', '300', '--dry-run'], { env });
    expect(text.code).toBe(0);
    expect(text.stdout).toContain(`sleep (${child.pid}): oom_score_adj 0 → +300  (oom_adj 5)`);
    expect(text.stdout).not.toContain('Undo');
    const answered = json(
      await lifeboat(['give-up', String(child.pid), '--adj', '300', '--dry-run', '--json'], { env }),
    );
    expect(answered.version).toBe(1);
    expect(answered.preview.changes).toMatchObject([{ pid: child.pid, before: 0, after: 300 }]);
    expect(answered.applied).toBeUndefined();
    expect(adjOf(child)).toBe(0);
    expect(await lifeboat(['undo', '--all'], { env })).toMatchObject({ code: 1, stdout: '' });
  });

  it('asks no question without a terminal: a change of very many is not made without --yes', async () => {
    const env = ownFolders();
    const children: Child[] = [];
    for (let index = 0; index < 21; index++) children.push(await startSleep());
    const parent = process.pid;
    const before = children.map(adjOf);
    const refused = await lifeboat(['give-up', String(parent), '--tree', '--adj', '1'], { env });
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stdout).toMatch(/! This changes \d+ processes\./);
    expect(refused.stderr).toBe('lifeboat: Nothing was changed. --yes does it without asking.\n');
    expect(children.map(adjOf)).toEqual(before);
  });
});

describe('lifeboat protect', () => {
  it('undoes a raise without any capability, since that goes no lower than what was inherited', async () => {
    const child = await startSleep();
    setAdj(child.pid, 500);
    const { code, stdout } = await lifeboat(['protect', String(child.pid), '--adj', '0'], {
      env: ownFolders(),
    });
    expect(code).toBe(0);
    expect(stdout).toContain('+500 → 0');
    // Good to know, and no warning.
    expect(stdout).toContain('\n· New child processes inherit the value.\n');
    expect(adjOf(child)).toBe(0);
  });

  it.for<readonly [readonly string[], number | undefined]>([
    [['--never'], -1000],
    [['--strength', 'never'], -1000],
    [['--strength', 'strong'], -500],
    [['--oom-adj', '-17'], -1000],
    [['--adj', '-500'], -500],
    // It is behind three others as it is.
    [['--behind', '3'], undefined],
  ])('%o is previewed with its value', async ([args, expected]) => {
    const child = await startSleep();
    const shown = json(
      await lifeboat(['protect', String(child.pid), ...args, '--dry-run', '--json'], { env: ownFolders() }),
    );
    expect(shown.preview.changes[0]?.after).toBe(expected);
    expect(adjOf(child)).toBe(0);
  });

  it('protects for long by default, and says the place and the room to grow', async () => {
    const child = await startSleep();
    setAdj(child.pid, 1000);
    const args = ['protect', String(child.pid), '--dry-run'];
    const { stdout } = await lifeboat(args, { env: ownFolders() });
    expect(stdout).toMatch(
      /\nKill order: place \d[\d,]* of \d[\d,]*, now \d[\d,]*\.\nLater: behind the next five, or all that can be passed, with room to grow by \S+ [MG]iB\.\n/,
    );
    const { preview } = json(await lifeboat([...args, '--json'], { env: ownFolders() }));
    expect(preview.request.intent).toEqual({ kind: 'later' });
    expect(preview.place.after).toBeGreaterThan(preview.place.before ?? Infinity);
  });

  // Each machine shows the one or the other for real.
  if (mayLower) {
    it('lowers as root, and back', async () => {
      const child = await startSleep();
      const env = ownFolders();
      expect((await lifeboat(['protect', String(child.pid), '--never', '--yes'], { env })).code).toBe(0);
      expect(adjOf(child)).toBe(-1000);
      expect((await lifeboat(['undo', '--all'], { env })).code).toBe(0);
      expect(adjOf(child)).toBe(0);
    });
  } else {
    it('says in words that root lacks CAP_SYS_RESOURCE, changes nothing and ends with 1', async () => {
      const child = await startSleep();
      const env = ownFolders();
      const { code, stdout } = await lifeboat(['protect', String(child.pid), '--adj', '-500', '--yes'], {
        env,
      });
      expect(code).toBe(1);
      expect(stdout).toMatch(/not changed\. .*cannot be lowered.*CAP_SYS_RESOURCE/);
      expect(stdout).not.toContain('Undo:');
      expect(adjOf(child)).toBe(0);
      expect((await lifeboat(['undo', '--all'], { env })).code).toBe(1);
    });
  }
});

const kernelThread = spawnSync('pgrep', ['-x', 'kthreadd'], { encoding: 'utf8' }).stdout.trim();

describe('what cannot be done', () => {
  it.for<readonly [string, readonly string[], RegExp]>([
    ['no target', [], /Name one target: a PID, --name, --unit or --container/],
    ['two targets', ['10', '--name', 'x'], /Name one target/],
    ['a tree of a name', ['--name', 'x', '--tree'], /Name one target/],
    ['a pid that is no number', ['abc'], /whole number from 1 to/],
    ['pid 0', ['0'], /whole number from 1 to/],
    ['too high a value', ['10', '--adj', '1001'], /whole number from -1000 to 1000/],
    ['a fraction', ['10', '--adj', '1.5'], /whole number from -1000 to 1000/],
    ['too low a legacy value', ['10', '--oom-adj', '-18'], /whole number from -17 to 15/],
    ['both scales', ['10', '--adj', '1', '--oom-adj', '1'], /cannot be used with/],
    ['behind no process', ['10', '--behind', '0'], /whole number from 1 to 1000/],
    ['an unknown strength', ['10', '--strength', 'weak'], /Allowed choices are later, strong, never/],
    ['a strength and a value', ['10', '--strength', 'strong', '--adj', '1'], /cannot be used with/],
    ['behind and never', ['10', '--behind', '2', '--never'], /cannot be used with/],
    ['a malformed scope', ['10', '--scope', 'here'], /"global" or "cgroup:PATH"/],
  ])('%s is a mistake in typing: 2', async ([, args, message]) => {
    const ended = await lifeboat(['protect', ...args], { env: ownFolders() });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(message);
  });

  it('says that the process has ended', async () => {
    const child = await startSleep();
    await child.kill();
    expect(await lifeboat(['protect', String(child.pid)], { env: ownFolders() })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `lifeboat: There is no process ${child.pid}. It may have ended, or be hidden from you. "lifeboat list -n 0" shows all processes.\n`,
    });
  });

  it.for<readonly [readonly string[], string]>([
    [
      ['1'],
      'Process 1 is init: the kernel never kills it, whatever its value is. Its children would inherit the value.',
    ],
    [['--name', 'no such name'], 'No process is called "no such name". Names are those of the kernel'],
    [['--unit', 'nosuch.service'], 'There is no unit nosuch.service.'],
    [['--container', 'docker:nosuch'], 'No process is in a container "docker:nosuch".'],
  ])('%o is refused in words: 1', async ([args, message]) => {
    const ended = await lifeboat(['give-up', ...args], { env: ownFolders() });
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain(message);
  });

  it.skipIf(kernelThread === '')('refuses a thread of the kernel (needs one in sight)', async () => {
    expect(await lifeboat(['give-up', kernelThread], { env: ownFolders() })).toMatchObject({
      code: 1,
      stderr:
        'lifeboat: It is a kernel thread. Kernel threads have no memory of their own and are never killed.\n',
    });
  });

  it('changes all the same when the journal cannot be written, and says that undo does not know it', async () => {
    const child = await startSleep();
    const ended = await lifeboat(['give-up', String(child.pid), '--adj', '300'], {
      env: { XDG_STATE_HOME: '/proc/nowhere', XDG_CONFIG_HOME: '/proc/nowhere' },
    });
    expect(ended.code).toBe(0);
    expect(ended.stderr).not.toBe('');
    expect(ended.stdout).toContain('It could not be recorded, so "lifeboat undo" does not know it.');
    expect(adjOf(child)).toBe(300);
  });
});

describe('without root', () => {
  it.skipIf(process.getuid?.() !== 0 || !existsSync('/usr/bin/setpriv'))(
    'one’s own process is given up and protected again, and starting no helper is needed for it (needs root and setpriv: to be another user)',
    async () => {
      const env = ownFolders();
      const folder = dirname(env['XDG_STATE_HOME'] ?? expect.unreachable('no folder'));
      spawnSync('chown', ['-R', '65534', folder]);
      const through = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
      const child = await startChild('setpriv', [...through.slice(1), 'sleep', '1000']);
      await expect.poll(() => procFile(child.pid, 'comm')).toBe('sleep');
      const ended = await lifeboat(['give-up', String(child.pid), '--adj', '300'], { env, through });
      expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' });
      expect(adjOf(child)).toBe(300);

      // And down again, as far as it stood before; the kernel lets only root go lower.
      for (const adj of [50, 0]) {
        const lowered = await lifeboat(['protect', String(child.pid), '--adj', String(adj)], {
          env,
          through,
        });
        expect({ code: lowered.code, stderr: lowered.stderr }).toEqual({ code: 0, stderr: '' });
        expect(adjOf(child)).toBe(adj);
      }
      const refused = await lifeboat(['protect', String(child.pid), '--adj', '-1'], { env, through });
      expect(refused.code).toBe(1);
      expect(refused.stderr).not.toBe('');
      expect(adjOf(child)).toBe(0);
    },
  );
});
