import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type UndoOutcome } from '#shared/contract/change.ts';
import { type UndoPreview } from '#shared/model/undo.ts';
import { procFile, setAdj, startSleep } from '../helpers/processes/process-children.ts';
import { lifeboat } from '../helpers/processes/process-command.ts';

const adjOf = ({ pid }: { pid: number }) => Number(procFile(pid, 'oom_score_adj'));

/** Lifeboat with a journal of its own. */
function withJournal() {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-undo-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const env = { XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder };
  return {
    folder,
    run: (...args: readonly string[]) => lifeboat(args, { env }),
    giveUp: async (pid: number, adj: number) => {
      const { code } = await lifeboat(['give-up', String(pid), '--adj', String(adj)], { env });
      expect(code).toBe(0);
    },
  };
}

describe('lifeboat undo', () => {
  it('takes one change back, once', async () => {
    const child = await startSleep();
    const { run, giveUp } = withJournal();
    await giveUp(child.pid, 300);
    expect(await run('undo', '1')).toEqual({
      code: 0,
      signal: undefined,
      stdout: `sleep (${child.pid}): back at 0\n`,
      stderr: '',
    });
    expect(adjOf(child)).toBe(0);
    const again = await run('undo', '1');
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toBe(
      'lifeboat: Change 1 does not exist, or was undone. "lifeboat journal" shows what can be undone.\n',
    );
  });

  it('takes everything back, newest first', async () => {
    const [one, other] = [await startSleep(), await startSleep()];
    const { run, giveUp } = withJournal();
    await giveUp(one.pid, 100);
    await giveUp(one.pid, 200);
    await giveUp(other.pid, 50);
    const undone = await run('undo', '--all', '--yes');
    expect(undone).toMatchObject({
      code: 0,
      stdout: `sleep (${other.pid}): back at 0\nsleep (${one.pid}): back at +100\nsleep (${one.pid}): back at 0\n`,
    });
    expect([adjOf(one), adjOf(other)]).toEqual([0, 0]);
    expect(await run('undo', '--all')).toMatchObject({
      code: 1,
      stderr: 'lifeboat: There is nothing to undo.\n',
    });
  });

  it('leaves a value that has been changed since, and says so', async () => {
    const child = await startSleep();
    const { run, giveUp } = withJournal();
    await giveUp(child.pid, 300);
    setAdj(child.pid, 301);
    expect(await run('undo', '--all')).toMatchObject({
      code: 0,
      stdout: `sleep (${child.pid}): left as it is. Its value is 301 now, which Lifeboat did not set.\n`,
    });
    expect(adjOf(child)).toBe(301);
  });

  it('says that a process has ended, and does not come back to it', async () => {
    const child = await startSleep();
    const { run, giveUp } = withJournal();
    await giveUp(child.pid, 300);
    await child.kill();
    expect(await run('undo', '--all')).toMatchObject({
      code: 0,
      stdout: `sleep (${child.pid}): left as it is. Process ${child.pid} has ended.\n`,
    });
    expect((await run('undo', '--all')).code).toBe(1);
  });

  it('asks before everything, and does nothing where there is no terminal', async () => {
    const child = await startSleep();
    const { run, giveUp } = withJournal();
    await giveUp(child.pid, 300);
    const refused = await run('undo', '--all');
    expect(refused).toEqual({
      code: 1,
      signal: undefined,
      stdout: `   1  sleep (${child.pid}): oom_score_adj +300 → 0\n`,
      stderr: 'lifeboat: Nothing was changed. --yes does it without asking.\n',
    });
    expect(adjOf(child)).toBe(300);
  });

  it('rehearses what the deed then does, in words and as JSON', async () => {
    const child = await startSleep();
    const { run, giveUp } = withJournal();
    await giveUp(child.pid, 100);
    await giveUp(child.pid, 200);
    const rehearsed = await run('undo', '--all', '--dry-run');
    expect(rehearsed).toMatchObject({
      code: 0,
      stdout: `   2  sleep (${child.pid}): oom_score_adj +200 → +100\n   1  sleep (${child.pid}): oom_score_adj +100 → 0\n`,
    });
    const planned = async (...more: readonly string[]) => {
      const { stdout } = await run('undo', '--all', '--json', ...more);
      return JSON.parse(stdout) as { preview: UndoPreview; undone?: readonly UndoOutcome[] };
    };
    const { preview, undone: none } = await planned('--dry-run');
    expect(none).toBeUndefined();
    expect(adjOf(child)).toBe(200);
    const deed = await planned('--yes');
    expect(deed.preview.writes).toEqual(preview.writes);
    expect(preview.writes.map(({ seen, value }) => [seen, value])).toEqual([
      ['200', '100'],
      ['100', '0'],
    ]);
    expect(deed.undone?.map(({ entry, result }) => [entry.after, entry.before, result])).toEqual([
      ['200', '100', 'undone'],
      ['100', '0', 'undone'],
    ]);
    expect(adjOf(child)).toBe(0);
  });

  it('takes rules back with everything else', async () => {
    const { run, folder } = withJournal();
    const file = join(folder, 'lifeboat/rules.toml');
    expect((await run('rules', 'add', '--name', 'no-such-program', '--adj', '7')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('no-such-program');
    expect(await run('undo', '--all', '--dry-run')).toMatchObject({
      code: 0,
      stdout: '   1  Rule for name = "no-such-program": adj +7 → no rule\n',
    });
    expect(await run('undo', '--all', '--yes')).toMatchObject({
      code: 0,
      stdout: 'name = "no-such-program": removed\n',
    });
    expect(readFileSync(file, 'utf8')).not.toContain('no-such-program');
    // And the other way round: a rule that was removed comes back.
    await run('rules', 'add', '--name', 'no-such-program', '--adj', '7');
    await run('rules', 'remove', '1');
    expect((await run('undo', '3')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/name = "no-such-program"\nadj = 7\n/);
  });

  it('prints one object with --json', async () => {
    const child = await startSleep();
    const { run, giveUp } = withJournal();
    await giveUp(child.pid, 300);
    const { stdout } = await run('undo', '1', '--json');
    const { version, undone } = JSON.parse(stdout) as { version: number; undone: readonly UndoOutcome[] };
    expect(version).toBe(1);
    expect(undone).toMatchObject([
      { result: 'undone', entry: { id: 1, group: 1, action: 'set-adj', before: '0', after: '300' } },
    ]);
  });

  it.for<readonly [string, readonly string[]]>([
    ['nothing', []],
    ['both', ['1', '--all']],
    ['no number', ['first']],
    ['a number below 1', ['0']],
  ])('%s is a mistake in typing: 2', async ([, args]) => {
    const { run } = withJournal();
    expect(await run('undo', ...args)).toMatchObject({ code: 2, stdout: '' });
  });
});
