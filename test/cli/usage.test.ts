import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSleep } from '../helpers/processes/process-children.ts';
import { lifeboat } from '../helpers/processes/process-command.ts';

const version = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

interface Case {
  readonly args: readonly string[];
  readonly code: number;
  readonly stdout: RegExp;
  readonly stderr: RegExp;
}

const NOTHING = /^$/;
/** A message on stderr is printed once, in lines of plain text. */
const usage = (message: string) => new RegExp(`^lifeboat: ${message}[^]*\\(see lifeboat --help\\)\\n$`);
const failure = (message: string) => new RegExp(`^lifeboat: ${message}[^\\n]*\\n$`);
const ok = (args: readonly string[], stdout: RegExp): Case => ({ args, code: 0, stdout, stderr: NOTHING });
const refused = (args: readonly string[], message: string): Case => ({
  args,
  code: 2,
  stdout: NOTHING,
  stderr: usage(message),
});
const failed = (args: readonly string[], message: string): Case => ({
  args,
  code: 1,
  stdout: NOTHING,
  stderr: failure(message),
});

const wrong = (args: readonly string[], message: string): Case => ({ ...failed(args, message), code: 2 });

const WHOLE = 'It must be a whole number from';

const CASES: readonly Case[] = [
  ok(['--version'], new RegExp(`^${version.replaceAll('.', '\\.')}\\n$`)),
  ok(['-V'], new RegExp(`^${version.replaceAll('.', '\\.')}\\n$`)),
  ok(
    ['--help'],
    /^Usage: lifeboat \[options\] \[command\]\n[^]*\n {2}list [^]*\n {2}explain [^]*\n {2}serve [^]*\n {2}doctor /,
  ),
  ok(['list', '--help'], /^Usage: lifeboat list \[options\]\n[^]*--scope <scope>[^]*--json[^]*--watch/),
  ok(['explain', '--help'], /^Usage: lifeboat explain \[options\] <pid>\n/),
  ok(['serve', '--help'], /^Usage: lifeboat serve \[options\]\n[^]*--port <number>[^]*--open/),
  ok(['groups', '--help'], /^Usage: lifeboat groups \[options\]\n/),
  ok(['doctor', '--help'], /^Usage: lifeboat doctor \[options\]\n/),
  ok(
    ['help'],
    /^Usage: lifeboat \[options\] \[command\]\n[^]*\n {2}help \[command\] +show help for a command\n$/,
  ),
  ok(['help', 'list'], /^Usage: lifeboat list \[options\]\n/),
  ok(['list'], /whole machine[^]*\n\nNext: .+\n(?:.+\n)+\n *# +PID +NAME .*\n *1 +\d+ /),
  ok(['list', '-n', '1'], /\n *1 +\d+ [^\n]*\n… and \d+ more \(-n 0 shows all\)\n/),
  ok(['doctor'], /^(ok {2}|note|WARN|BAD ) {2}\S[^]*\n {6}\S/),

  refused(['lst'], String.raw`unknown command 'lst'\n\(Did you mean list\?\)`),
  refused(['lst', '--help'], String.raw`unknown command 'lst'\n\(Did you mean list\?\)`),
  refused(['help', 'lst'], String.raw`unknown command 'lst'\n\(Did you mean list\?\)`),
  refused(['help', 'zzzzzzzz\u001b'], String.raw`unknown command 'zzzzzzzz\\x1b'\n`),
  refused(['explian', '1'], String.raw`unknown command 'explian'\n\(Did you mean explain\?\)`),
  refused(['list', '--jsno'], String.raw`unknown option '--jsno'\n\(Did you mean --json\?\)`),
  refused(['--versoin'], String.raw`unknown option '--versoin'\n\(Did you mean --version\?\)`),
  refused(['list', 'extra'], "too many arguments for 'list'"),
  refused(['list', '-n'], "option '-n, --count <number>' argument missing"),
  refused(['list', '-n', '-1'], `option '-n, --count <number>' argument '-1' is invalid\\. ${WHOLE} 0 to `),
  refused(['list', '-n', '1.5'], `option [^]*argument '1\\.5' is invalid\\. ${WHOLE}`),
  refused(['list', '-n', 'ten'], `option [^]*argument 'ten' is invalid\\. ${WHOLE}`),
  refused(['list', '-n', ''], `option [^]*argument '' is invalid\\. ${WHOLE}`),
  refused(['list', '-n', '1e3'], `option [^]*argument '1e3' is invalid\\. ${WHOLE}`),
  refused(['list', '-n', '99999999999'], `option [^]*is invalid\\. ${WHOLE}`),
  refused(['list', '--scope', 'nowhere'], 'option [^]*It must be "global" or "cgroup:PATH"'),
  refused(['list', '--scope', 'cgroup:'], 'option [^]*It must be "global" or "cgroup:PATH"'),
  refused(['list', '--scope', 'cgroup:/a/../b'], 'option [^]*may not hold "\\." or "\\.\\."'),
  refused(['explain'], "missing required argument 'pid'"),
  refused(
    ['explain', 'init'],
    `command-argument value 'init' is invalid for argument 'pid'\\. ${WHOLE} 1 to `,
  ),
  refused(['explain', '0'], `command-argument value '0' is invalid[^]*${WHOLE}`),
  refused(['explain', '-5'], "command-argument value '-5' is invalid for argument 'pid'"),
  refused(['explain', '4194305'], `command-argument value '4194305' is invalid[^]*${WHOLE}`),
  refused(['explain', '1', '2'], "too many arguments for 'explain'"),
  refused(
    ['serve', '--port', '70000'],
    `option '--port <number>' argument '70000' is invalid\\. ${WHOLE} 0 to 65535`,
  ),
  refused(['serve', '--port', 'http'], `option '--port <number>' argument 'http' is invalid`),
  refused(['doctor', '--all'], "unknown option '--all'"),
  refused(['doctor', 'extra'], "too many arguments for 'doctor'"),
  refused(['journal', '-n', '-5'], `option '-n, --count <number>' argument '-5' is invalid\\. ${WHOLE}`),
  refused(['undo', 'x'], `command-argument value 'x' is invalid for argument 'id'\\. ${WHOLE}`),
  refused(['protect', '--name', ''], "option '--name <name>' argument '' is invalid\\. It must not be empty"),
  refused(['give-up', '--unit', ''], "option '--unit <unit>' argument '' is invalid\\. It must not be empty"),
  refused(['protect', '--container', ''], "option [^]*argument '' is invalid\\. It must not be empty"),
  refused(['protect', '--name', 'x'.repeat(301)], 'option [^]*It must have at most 300 characters'),
  refused(['give-up', '10', '--behind', '3'], "unknown option '--behind'"),
  refused(['rules', 'lst'], 'too many arguments|unknown command'),
  refused(['rules', 'add', '--name', 'x'], "required option '--adj <number>' not specified"),
  refused(['rules', 'remove'], "missing required argument 'number'"),
  refused(['sysctl', 'lst'], 'command-argument value [^]*Did you mean "lifeboat sysctl list"'),
  refused(['sysctl', 'get', 'vm.swapiness'], 'command-argument value [^]*Did you mean vm\\.swappiness'),
  refused(['sysctl', 'set', 'vm.swappiness=x'], 'command-argument value [^]*is a whole number from 0 to '),
  refused(['sysctl', 'set', 'vm.swappiness=1', 'vm.swappiness=2'], 'command-argument value [^]*twice'),
  refused(['sysctl', 'diff', 'nosuch'], 'command-argument value [^]*There is no such preset'),
  refused(['cgroup'], "missing required argument 'path'"),
  refused(['cgroup', '/a/../b'], 'command-argument value [^]*may not hold'),
  refused(['cgroup', '/a', '--max', '-1'], "option '--max <size>' argument '-1' is invalid"),
  refused(['cgroup', '/a', '--oom-group', 'x'], "option '--oom-group <on\\|off>' argument 'x' is invalid"),

  // Found after the arguments were read: wrong input all the same.
  wrong(['undo'], 'Say which change'),
  wrong(['undo', '1', '--all'], 'Say which change'),
  wrong(['protect'], 'Name one target'),
  wrong(['sysctl', 'set'], 'Say what to set'),
  wrong(['sysctl', 'set', 'vm.overcommit_ratio=1', 'vm.overcommit_kbytes=4'], 'vm\\.overcommit_ratio and '),
  wrong(['cgroup', '/a', '--max', '1M', '--high', '1M'], 'Set one value at a time'),
  wrong(['rules', 'add', '--adj', '5'], 'Choose what the rule matches'),
  wrong(['rules', 'add', '--adj', '5', '--name', ''], 'name must be a '),
  wrong(['rules', 'add', '--adj', '5', '--name', 'sixteen-letters-'], 'The kernel cuts names to 15 bytes'),
  wrong(['rules', 'add', '--adj', '5', '--command', '('], '"\\(" is not closed'),

  failed(['explain', '4194304'], 'There is no process 4194304\\. '),
];
/** Cases that run beside each other: most of their time goes into the start of Node. */
const AT_ONCE = 6;
const GROUPS = Array.from({ length: Math.ceil(CASES.length / AT_ONCE) }, (_, n) =>
  CASES.slice(n * AT_ONCE, (n + 1) * AT_ONCE),
);

describe('lifeboat', () => {
  it.for(GROUPS.map((group) => ({ group, first: group[0]?.args.join(' ') ?? '' })))(
    'answers "$first", and the cases after it, as it should',
    async ({ group }) => {
      await Promise.all(
        group.map(async ({ args, code, stdout, stderr }) => {
          const ended = await lifeboat(args);
          const what = args.join(' ');
          expect(ended.stderr, what).toMatch(stderr);
          expect(ended.stdout, what).toMatch(stdout);
          expect(ended.code, what).toBe(code);
        }),
      );
    },
  );

  it('shows its help on stderr without a command', async () => {
    const { code, stdout, stderr } = await lifeboat([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: lifeboat /);
  });

  it('tells wrong arguments back without their control characters', async () => {
    const { stderr } = await lifeboat(['\u001b[31mlist\u009b0m\u0007']);
    expect(stderr).toContain("unknown command '\\x1b[31mlist\\x9b0m\\x07'");

    expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('has no process any more that has just ended', async () => {
    const child = await startSleep();
    await child.kill();
    const { code, stderr } = await lifeboat(['explain', String(child.pid)]);
    expect(code).toBe(1);
    expect(stderr).toMatch(failure(`There is no process ${child.pid}\\.`));
  });

  it('says that the port is taken, and how to choose another', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const { code, stdout, stderr } = await lifeboat(['serve', '--port', String(port)]);
    expect(stderr).toMatch(failure(`Port ${port} is already in use\\. .*--port.*`));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });
});
