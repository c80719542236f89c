import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  lchownSync,
  chmodSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lifeboat, startLifeboat } from '../helpers/processes/process-command.ts';

/** A user without a process: what belongs to it could be changed at any moment. */
const OTHER_UID = 54_321;

/** A home of another user, in which a link stands wherever Lifeboat keeps something. */
function foreignHome() {
  const home = mkdtempSync(join(tmpdir(), 'lifeboat-foreign-'));
  onTestFinished(() => {
    rmSync(home, { recursive: true });
  });
  chmodSync(home, 0o755);
  const victim = join(home, 'victim');
  writeFileSync(victim, 'root only by content\n', { mode: 0o644 });
  const outside = mkdtempSync(join(tmpdir(), 'lifeboat-outside-'));
  onTestFinished(() => {
    rmSync(outside, { recursive: true });
  });
  const plant = (path: string, target: string) => {
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path);
    lchownSync(path, OTHER_UID, OTHER_UID);
  };
  for (const name of ['journal.db', 'web-keys.json', 'rules.last-good.toml']) {
    plant(join(home, '.local/state/lifeboat', name), victim);
  }
  plant(join(home, '.config/lifeboat'), outside);
  for (const path of ['.', '.local', '.local/state', '.local/state/lifeboat', '.config']) {
    chownSync(join(home, path), OTHER_UID, OTHER_UID);
  }
  return { home, victim, outside };
}

describe('root with the HOME of another user', () => {
  it.each([
    ['journal'],
    ['undo', '--all'],
    ['rules', 'add', '--name', 'lifeboat-none', '--adj', '5'],
    ['sysctl', 'set', 'vm.oom_dump_tasks=1', '--yes'],
  ])('follows no link and makes no file: %s', async (...args) => {
    const { home, victim, outside } = foreignHome();
    const before = statSync(victim);
    const { stderr } = await lifeboat(args, { env: { HOME: home } });
    expect(stderr).toContain(`${home} belongs to another user (uid ${OTHER_UID})`);
    expect(stderr).not.toMatch(/^ +at /m);
    const after = statSync(victim);
    expect([after.mode, after.size, after.mtimeMs]).toEqual([before.mode, before.size, before.mtimeMs]);
    expect(readdirSync(outside)).toEqual([]);
  });

  it('serves the page without the sign-ins that are planted there', async () => {
    const { home, victim, outside } = foreignHome();
    const before = statSync(victim).mode;
    const running = startLifeboat(['serve', '--port', '0'], { env: { HOME: home } });
    await running.lines(1);
    running.child.kill('SIGTERM');
    const { stderr } = await running.ended;
    expect(stderr).toContain('belongs to another user');
    expect(statSync(victim).mode).toBe(before);
    expect(readdirSync(outside)).toEqual([]);
    expect(existsSync(join(home, '.local/state/lifeboat/web-keys.json.broken'))).toBe(false);
  });
});
