import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Journal } from '../../src-main/store/journal.ts';
import { startSleep } from '../helpers/processes/process-children.ts';
import { lifeboat } from '../helpers/processes/process-command.ts';

function home() {
  const root = mkdtempSync(join(tmpdir(), 'lifeboat-home-'));
  onTestFinished(() => {
    rmSync(root, { recursive: true });
  });
  const env = { XDG_CONFIG_HOME: join(root, 'config'), XDG_STATE_HOME: join(root, 'state') };
  return {
    root,
    path: join(root, 'config/lifeboat/rules.toml'),
    run: (...args: string[]) => lifeboat(args, { env }),
  };
}

describe('lifeboat rules', () => {
  it('adds, lists, changes and removes', async () => {
    const { run, path } = home();
    expect((await run('rules')).stdout).toBe(`There are no rules in ${path}\n`);
    const pattern = `^lifeboat-test-absent "\\d"$`;
    const added = await run('rules', 'add', '--command', pattern, '--user', 'nobody', '--adj', '-100');
    expect(added).toMatchObject({ code: 0, stderr: '' });
    expect(added.stdout).toMatch(/^Added: command = /);
    const listed = JSON.parse((await run('rules', 'list', '--json')).stdout) as { rules: unknown[] };
    expect(listed.rules).toMatchObject([
      { number: 1, command: pattern, user: 'nobody', oomScoreAdj: -100, allowMany: false, matches: [] },
    ]);
    expect(
      (await run('rules', 'add', '--command', pattern, '--user', 'nobody', '--adj', '7')).stdout,
    ).toMatch(/^Changed/);
    expect((await run('rules', 'check')).stdout).toBe('1 rule, all in order.\n');
    expect(await run('rules', 'check', '/no/such/file')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'lifeboat: /no/such/file does not exist.\n',
    });
    expect((await run('rules', 'remove', '2')).code).toBe(1);
    expect((await run('rules', 'remove', '1')).code).toBe(0);
    expect(readFileSync(path, 'utf8')).not.toContain('[[rule]]');
  });

  it('counts the processes that a rule means now', async () => {
    const { run } = home();
    const { pid } = await startSleep();
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    await run(
      'rules',
      'add',
      '--command',
      `^${command.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`,
      '--adj',
      '5',
      '--allow-many',
    );
    const { rules } = JSON.parse((await run('rules', 'list', '--json')).stdout) as {
      rules: { matches: { pid: number }[] }[];
    };
    expect(rules[0]?.matches.map((match) => match.pid)).toContain(pid);
  });

  it('says every problem with its place', async () => {
    const { run, path } = home();
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, '[[rule]]\nname = "a\u001b[2J"\nadj = 2000\nnmae = 1\n');
    const checked = await run('rules', 'check');
    expect(checked.code).toBe(1);
    expect(checked.stdout.split('\n').slice(0, -1)).toEqual([
      expect.stringContaining(`${path}:2:10: `) as string,
      expect.stringContaining(`${path}:3:7: `) as string,
      expect.stringContaining(`${path}:4:1: "nmae" is not a known key.`) as string,
    ]);
    const json = JSON.parse((await run('rules', 'check', '--json')).stdout) as {
      ok: boolean;
      problems: unknown[];
    };
    expect(json).toMatchObject({ ok: false, problems: [{ line: 2, column: 10 }, { line: 3 }, { line: 4 }] });
    const refused = await run('rules', 'add', '--name', 'b', '--adj', '1');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('line 2, column 10');
  });

  it('does not write a rule that means too much', async () => {
    const { run, path } = home();
    const init = readFileSync('/proc/1/comm', 'utf8').trim();
    const refused = await run('rules', 'add', '--name', init, '--adj', '5');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('matches init. It is not applied. Nothing was written.');
    expect(existsSync(path)).toBe(false);
    expect((await run('rules', 'add', '--name', init, '--adj', '5', '--allow-many')).code).toBe(0);
  });

  it.for([
    [['add', '--adj', '5'], /^lifeboat: Choose what the rule matches: --name, /],
    [['add', '--name', 'a'], /required option '--adj <number>' not specified/],
    [['add', '--name', 'a', '--adj', '1001'], /whole number from -1000 to 1000/],
    [['remove', 'x'], /whole number/],
  ] as const)('%s is a mistake in use', async ([args, message]) => {
    const { code, stderr } = await home().run('rules', ...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('lifeboat journal', () => {
  it('is empty where nothing was changed, and stays unmade', async () => {
    const { run, root } = home();
    expect(await run('journal')).toMatchObject({ code: 0, stdout: 'Nothing was changed yet.\n', stderr: '' });
    expect(JSON.parse((await run('journal', '--json')).stdout)).toEqual({ version: 1, entries: [] });
    expect(existsSync(join(root, 'state'))).toBe(false);
  });

  it('shows the newest first, as many as are asked for, harmless', async () => {
    const { run, root } = home();
    const opened = Journal.open({ folder: join(root, 'state/lifeboat'), nowMs: Date.now, bootId: '' });
    if (!opened.ok) throw new Error(opened.error.code);
    const { journal } = opened.value;
    for (let count = 0; count < 30; count += 1) {
      const subject = `evil\u001b[2J\u009b${count} (7)`;
      journal.add([
        { who: 'root', action: 'set-adj', subject, before: '0', asked: '5', after: '5', state: 'done' },
      ]);
    }
    journal.close();
    const shown = await run('journal', '-n', '3');
    expect(shown.stdout).toMatch(
      /^ *# +TIME +WHO +WHAT +VALUE +STATE\n30 +\d{4}-\d\d-\d\d .*0 → 5 +done\n29 .*\n28 .*\n$/,
    );
    for (const args of [['journal'], ['journal', '--json']]) {
      expect((await run(...args)).stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }
    const all = JSON.parse((await run('journal', '-n', '0', '--json')).stdout) as { entries: unknown[] };
    expect(all.entries).toHaveLength(30);
  });

  it('says where a broken one went', async () => {
    const { run, root } = home();
    mkdirSync(join(root, 'state/lifeboat'), { recursive: true });
    writeFileSync(join(root, 'state/lifeboat/journal.db'), 'no database'.repeat(1_000));
    const { code, stdout, stderr } = await run('journal');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Nothing was changed yet.\n' });
    expect(stderr).toMatch(
      /journal\.db is not a database\. It was renamed to \S+journal\.db\.broken-\d{8}T\d{6}Z, and a new one was begun\.\n$/,
    );
  });
});
