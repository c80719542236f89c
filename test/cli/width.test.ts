import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSleep } from '../helpers/processes/process-children.ts';
import { lifeboat, lifeboatInTerminal } from '../helpers/processes/process-command.ts';
import { testTree } from '../helpers/processes/process-sampler.ts';

const MIB = 2 ** 20;
const COLUMNS = 80;
/** Minus sign, thin space, no-break spaces: none of them can be pasted where a number is read. */
const TYPOGRAPHIC = /[\u2212\u2009\u202f\u00a0]/;

const ID = 'ab12cd34'.repeat(8);
const LONG = '/system.slice/a-service-with-a-very-long-name-that-no-column-holds.service';
const BOX = `/system.slice/docker-${ID}.scope`;

/** A machine on which every column of the list has something long in it, and folders of its own. */
function crowded(): Readonly<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-width-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  mkdirSync(join(folder, 'config/lifeboat'), { recursive: true });
  writeFileSync(
    join(folder, 'config/lifeboat/rules.toml'),
    `[[rule]]\nname = "fifteen-letters"\ncommand = "--with-a-pattern-that-is-long --and-longer=(a|b|c)"\nunit = "a-long-one.service"\nadj = 5\n`,
  );
  const tree = testTree({
    cgroups: { [LONG]: {}, [BOX]: { limitBytes: 64 * MIB, oomGroup: true } },
    processes: [
      { pid: 4_194_301, name: 'fifteen-letters', rssAnonPages: 90_000, adj: 900, cgroup: LONG },
      { pid: 1_000_002, name: 'in-a-container', rssAnonPages: 9000, cgroup: BOX },
      { pid: 1_000_003, name: 'with-it', rssAnonPages: 900, cgroup: BOX },
      { pid: 1_000_004, name: 'kept-for-long', rssAnonPages: 1_234_567, adj: -900, cgroup: LONG },
    ],
  });
  return {
    LIFEBOAT_ROOT: dirname(tree.proc),
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CONFIG_HOME: join(folder, 'config'),
  };
}

const tooLong = (text: string) => text.split('\n').filter((line) => line.length > COLUMNS);

describe('in a terminal of 80 columns', () => {
  it.for([
    [['list']],
    [['list', '-n', '0', '--scope', `cgroup:${BOX}`]],
    [['explain', '4194301']],
    [['explain', '1000002']],
    [['groups']],
    [['groups', '--all', '--sort', 'used']],
    [['doctor']],
    [['journal']],
    [['rules']],
    [['sysctl']],
    [['sysctl', 'get', 'vm.overcommit_memory']],
    [['sysctl', 'diff']],
    [['give-up', '1000002', '--dry-run']],
    [['--help']],
    [['list', '--help']],
    [['protect', '--help']],
    [['rules', 'add', '--help']],
    [['sysctl', '--help']],
    [['cgroup', '--help']],
  ])('no line of lifeboat %j is longer', async ([args = []]) => {
    const { code, stdout } = await lifeboatInTerminal(args, { columns: COLUMNS, env: crowded() });
    expect(stdout).not.toBe('');
    // One word may be longer than the terminal: the path of a cgroup.
    expect(tooLong(stdout).filter((line) => line.trim().includes(' '))).toEqual([]);
    expect(stdout).not.toMatch(TYPOGRAPHIC);
    expect(code).toBe(0);
  });

  it('the list leaves columns out, cuts no number, and is whole in a pipe', async () => {
    const env = crowded();
    const narrow = await lifeboatInTerminal(['list'], { columns: COLUMNS, env });
    const heading = narrow.stdout.split('\n').find((line) => line.includes('PID')) ?? '';
    expect(heading).toMatch(/^ *# +PID +NAME .* ADJ +BADNESS/);
    expect(heading).not.toContain('SO FAR');
    expect(narrow.stdout).toMatch(/^3 +1000004 +a-service-with-a… +-900 +-\d+\.\d GiB /m);
    const { stdout } = await lifeboat(['list'], { env });
    expect(stdout).toMatch(/#.* PID +NAME +USER +USES +ADJ +BADNESS +FREES +SO FAR +UNIT OR CONTAINER\n/);
    expect(stdout).toContain(LONG.slice(LONG.lastIndexOf('/') + 1));
    expect(stdout).toContain('docker:ab12cd34ab12');
    expect(stdout).not.toContain(ID);
    expect(stdout).toMatch(/ -900 +-\d/);
    expect(stdout).not.toMatch(TYPOGRAPHIC);
  });

  it('a journal with entries fits', async () => {
    const child = await startSleep();
    const { LIFEBOAT_ROOT: _, ...env } = crowded();
    expect((await lifeboat(['give-up', String(child.pid), '--adj', '300'], { env })).code).toBe(0);
    const { code, stdout } = await lifeboatInTerminal(['journal'], { columns: COLUMNS, env });
    expect(stdout).toContain('0 → 300');
    expect(tooLong(stdout)).toEqual([]);
    expect(code).toBe(0);
  });
});

describe('numbers in output that is parsed', () => {
  it.for([[['explain', '1000004']], [['explain', '1000004', '--json']], [['list', '--json', '-n', '0']]])(
    'are ASCII in lifeboat %j',
    async ([args = []]) => {
      const { code, stdout } = await lifeboat(args, { env: crowded() });
      expect(code).toBe(0);
      expect(stdout).not.toMatch(TYPOGRAPHIC);
    },
  );

  it('have no gaps between their digits', async () => {
    const { stdout } = await lifeboat(['explain', '1000004'], { env: crowded() });
    expect(stdout).toMatch(/^resident +1234\d{3} +4\.7 GiB /m);
    expect(stdout).toMatch(/^adjustment -900 +-\d{4,} +-/m);
  });
});
