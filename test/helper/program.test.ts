import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import { HELPER_PROTOCOL } from '#shared/contract/helper.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { upToThree } from '../e2e/support/up-to-three.ts';
import { seenNow } from '../helpers/seen-process.ts';
import { HELPER_FILE, RawHelper } from './support/raw-helper.ts';

/** With the guard, which takes changes back, and the register of originals that all helpers share. */
const MOST_BYTES = 89 * 1024;
const MOST_LINES_OF_CODE = 2350;

function statusOf(pid: number, key: string): number {
  return Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

describe('the built helper', () => {
  it('is one small file that takes nothing but parts of Node', () => {
    const text = readFileSync(HELPER_FILE, 'utf8');
    const lines = text.split('\n').filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line));
    expect(statSync(HELPER_FILE).size).toBeLessThan(MOST_BYTES);
    expect(lines.length).toBeLessThan(MOST_LINES_OF_CODE);
    const taken = [...text.matchAll(/require\(([^)]*)\)/g)].map(([, module]) => module);
    expect(new Set(taken)).toEqual(
      new Set(['"node:fs"', '"node:events"', '"node:crypto"', '"node:child_process"']),
    );
    expect(text).not.toMatch(/\bimport\(|\beval\(|new Function/);
    // The name of the guard selects it; no other argument is read.
    expect(text.match(/process\.argv/g)).toHaveLength(1);
  });

  it('says hello with its protocol and version, and answers', async () => {
    const helper = new RawHelper();
    expect(await helper.hello()).toMatchObject({
      hello: 'lifeboat-helper',
      protocol: HELPER_PROTOCOL,
      version: packageJson.version,
    });
    expect(await helper.request({ verb: 'ping' })).toEqual({ id: 1, ok: true, value: { written: [] } });
    expect(statusOf(helper.pid, 'VmRSS')).toBeLessThan(60 * 1024);
    await helper.end();
    expect(await helper.exited).toEqual({ code: 0, signal: null });
  });

  it('does nothing for a user that is not root', () => {
    const ran = spawnSync(
      'setpriv',
      ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, '-'],
      {
        input: readFileSync(HELPER_FILE),
        encoding: 'utf8',
      },
    );
    expect([ran.status, ran.stdout]).toEqual([77, '']);
    expect(ran.stderr).toContain('as root');
  });

  it('records the user and the request, for root alone', async () => {
    const log = '/var/log/lifeboat/helper.log';
    // An earlier helper may have had the same pid.
    const sizeBefore = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    const helper = new RawHelper(['env', 'SUDO_UID=1234', 'PKEXEC_UID=4321']);
    expect(await helper.hello()).toMatchObject({ askedByUid: 4321 });
    await helper.request({ verb: 'set-adj', process: seenNow(1), oomScoreAdj: 5 });
    await helper.end();
    // A log that has become too long was put aside meanwhile, and another begun.
    const bytes = readFileSync(log);
    const lines = bytes
      .toString('utf8', bytes.length < sizeBefore ? 0 : sizeBefore)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { helper: number })
      .filter((line) => line.helper === helper.pid);
    expect(lines).toMatchObject([
      { askedByUid: 4321, started: { hello: 'lifeboat-helper' } },
      {
        askedByUid: 4321,
        request: { verb: 'set-adj', oomScoreAdj: 5 },
        error: { code: 'refused-target' },
      },
      { ended: 'end of input' },
    ]);
    expect(statSync(log).mode & 0o777).toBe(0o600);
  });

  it.for(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('ends in good order on %s', async (signal) => {
    const helper = new RawHelper();
    await helper.hello();
    helper.child.kill(signal);
    expect(await helper.exited).toEqual({ code: 0, signal: null });
  });

  it('ends when its answers are not read', async () => {
    const helper = new RawHelper();
    await helper.hello();
    helper.child.stdout.destroy();
    void helper.request({ verb: 'ping' });
    expect(await helper.exited).toEqual({ code: 1, signal: null });
  });

  it('follows the kernel log, from what it still has and from now on', async () => {
    const helper = new RawHelper();
    await helper.hello();
    expect(await helper.request({ verb: 'follow-kernel-log' })).toMatchObject({ ok: true });
    let marks = 0;
    const heardAfterMs = async () => {
      const mark = `lifeboat-test ${process.pid} ${Date.now()} ${++marks}`;
      const before = performance.now();
      writeFileSync('/dev/kmsg', `${mark}\u001b[2J\n`);
      const find = () =>
        helper.events.find((event) => event.event === 'kernel-log' && event.line.includes(mark));
      await vi.waitUntil(find, { timeout: 20_000, interval: 5 });
      expect(find()).toMatchObject({ line: expect.stringMatching(/^\d+,\d+,\d+,.;.*\\x1b\[2J$/) as string });
      return performance.now() - before;
    };
    // Before the first of them comes all that the kernel still has.
    await heardAfterMs();
    expect(await upToThree(heardAfterMs, (ms) => ms < 1000)).toBeLessThan(1000);
    await helper.end();
  });
});
