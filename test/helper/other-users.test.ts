import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startLifeboat } from '../helpers/processes/process-command.ts';
import { connectRpc, signIn } from '../helpers/signed-in.ts';
import { requestText, sendRaw, statusOf } from '../helpers/web-client.ts';

/** Another user of the machine. Whatever happens to the tests, a shell that waits for the end of its input takes the user away. */
const THIEF = `lifeboat-thief-${process.pid % 10_000}`;
const CLEAN = `trap '' HUP INT TERM
read -r x
for try in $(seq 300); do pkill -KILL -U ${THIEF}; userdel ${THIEF} 2>&1 && break; sleep 0.1; done`;
const TOKEN = /token=[0-9a-f]{64}/;

let cleaner: ChildProcess;
let asThief: readonly string[];
beforeAll(() => {
  cleaner = spawn('/bin/sh', ['-c', CLEAN], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  spawnSync('useradd', ['--no-create-home', '--shell', '/bin/sh', THIEF]);
  const [uid, gid] = ['-u', '-g'].map((flag) =>
    spawnSync('id', [flag, THIEF], { encoding: 'utf8' }).stdout.trim(),
  );
  expect(Number(uid)).toBeGreaterThan(0);
  asThief = ['setpriv', `--reuid=${uid ?? ''}`, `--regid=${gid ?? ''}`, '--clear-groups'];
});
afterAll(async () => {
  const gone = new Promise((resolve) => cleaner.once('exit', resolve));
  cleaner.stdin?.end();
  await gone;
  expect(spawnSync('id', [THIEF]).status).toBe(1);
});

/** Runs a script as the other user until the test ends; returns all that it has printed. */
function thief(script: string): () => string {
  // It ends by itself should the runner be killed, and not for writing to a connection that was reset meanwhile.
  const toEnd = `trap '' PIPE\n${script}`;
  const [command, ...args] = [...asThief, 'timeout', '-s', 'KILL', '30', 'bash', '-c', toEnd];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  onTestFinished(() => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL');
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return () => said;
}

/** Looks into every process that it may look into, without a pause. `ready` once it has done so. */
const POLL = `for round in $(seq 100000); do
  grep -a -h -o -E 'token=[0-9a-f]{64}' /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null
  [ "$round" = 1 ] && echo ready
done`;

/** A server that opens a browser: one that keeps its arguments for a second and says what it was given. */
async function serve(): Promise<{ readonly port: number; readonly opened: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-users-'));
  chmodSync(folder, 0o755);
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const name of ['bin', 'run', 'state']) mkdirSync(join(folder, name));
  chmodSync(join(folder, 'run'), 0o700);
  const opened = join(folder, 'opened');
  writeFileSync(
    join(folder, 'bin/xdg-open'),
    `#!/bin/sh\ncp "$1" ${opened}.new; chmod 600 ${opened}.new\nmv ${opened}.new ${opened}; sleep 1\n`,
  );
  chmodSync(join(folder, 'bin/xdg-open'), 0o755);
  const running = startLifeboat(['serve', '--port', '0', '--open'], {
    env: {
      PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
      XDG_STATE_HOME: join(folder, 'state'),
      XDG_RUNTIME_DIR: join(folder, 'run'),
    },
  });
  for (let count = 5; ; count++) {
    const port = /127\.0\.0\.1:(\d+)\/#token/.exec((await running.lines(count)).join('\n'))?.[1];
    if (port === undefined) continue;
    const page = await vi.waitFor(() => readFileSync(opened, 'utf8'), 20_000);
    return { port: Number(port), opened: page };
  }
}

describe('another user of the machine', () => {
  it('polling /proc finds a secret in an argument (which shows that the poll works)', async () => {
    const said = thief(POLL);
    const child = spawn('sh', ['-c', 'sleep 60', `token=${'ab'.repeat(32)}`], { stdio: 'ignore' });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    await vi.waitFor(() => {
      expect(said()).toContain(`token=${'ab'.repeat(32)}`);
    }, 30_000);
  });

  it('polling /proc while the browser is opened, twice, finds none', async () => {
    const said = thief(POLL);
    await vi.waitFor(() => {
      expect(said()).toContain('ready');
    }, 30_000);
    for (let start = 0; start < 2; start += 1) expect((await serve()).opened).toMatch(TOKEN);
    expect(said()).not.toMatch(TOKEN);
  });

  it('a connection gets no answer, not even that it is Lifeboat', async () => {
    const { port } = await serve();
    const own = requestText('GET /', { Host: `127.0.0.1:${port}` });
    expect(statusOf(await sendRaw(port, own))).toBe(200);
    const said = thief(
      `exec 3<>/dev/tcp/127.0.0.1/${port} && echo connected; printf '${own.replaceAll('\r\n', '\\r\\n')}' >&3; cat <&3; echo over`,
    );
    await vi.waitFor(() => {
      expect(said()).toContain('over');
    }, 30_000);
    expect(said()).toBe('connected\nover\n');
  });

  it.for([
    { what: 'holds 128 half-sent requests', rounds: 1, before: 'sleep 30' },
    // Enough to outlast the loads, and yet to come to an end. One process: what 128 of them do to a machine is another matter.
    { what: 'begins 128 requests over and over', rounds: 1000, before: 'true' },
  ])('who $what does not keep a signed-in page from loading, 50 times of 50', async ({ rounds, before }) => {
    const { port, opened } = await serve();
    const web = { port, mintAddress: () => /http:[^"'<\s]*token=[0-9a-f]{64}/.exec(opened)?.[0] ?? '' };
    const browser = await signIn(web);
    const said = thief(`exec 2>/dev/null; for round in $(seq ${rounds}); do
  for fd in $(seq 20 147); do
    eval "exec $fd<>/dev/tcp/127.0.0.1/${port}" && printf 'GET / HTTP/1.1\\r\\n' >&$fd
  done
  [ "$round" = 1 ] && echo ready; ${before}
done; echo over`);
    await vi.waitFor(() => {
      expect(said()).toContain('ready');
    }, 20_000);
    const text = requestText('GET /', { Host: `127.0.0.1:${port}` });
    const statuses: number[] = [];
    for (let load = 0; load < 50; load += 1) {
      statuses.push(statusOf(await sendRaw(port, text)));
      (await connectRpc(web, browser)).terminate();
    }
    expect(statuses).toEqual(Array.from({ length: 50 }, () => 200));
    expect(said()).not.toContain('over');
  });
});
