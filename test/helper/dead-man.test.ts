import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { HELPER_HEARTBEAT_MS } from '#shared/contract/helper.ts';
import { upToThree } from '../e2e/support/up-to-three.ts';
import { RawHelper } from './support/raw-helper.ts';
import { restoreSysctls, sysctl } from './support/sysctls.ts';

restoreSysctls();

const CLIENT = fileURLToPath(new URL('support/pending-client.ts', import.meta.url));
let old: string;
let asked: number;
beforeAll(() => {
  old = sysctl('vm.oom_dump_tasks');
  asked = old === '0' ? 1 : 0;
});

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A Lifeboat with a change of vm.oom_dump_tasks that waits; returns it when the change is in force. */
async function startPendingClient(seconds: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [CLIENT, String(seconds), String(asked)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  expect(JSON.parse(line.toString())).toMatchObject({ ok: true, value: { pending: { change: 1 } } });
  expect(sysctl('vm.oom_dump_tasks')).toBe(String(asked));
  return child;
}

/** How long it takes until the old value is back; it fails after `mostMs`. */
async function backAfterMs(mostMs = 10_000): Promise<number> {
  const before = performance.now();
  while (sysctl('vm.oom_dump_tasks') !== old) {
    if (performance.now() - before > mostMs) throw new Error(`not back after ${mostMs} ms`);
    await sleep(10);
  }
  return performance.now() - before;
}

async function pendingHelper(seconds: number, prefix: readonly string[] = []): Promise<RawHelper> {
  const helper = new RawHelper(prefix);
  children.push(helper.child);
  await helper.hello();
  const changes = [{ name: 'vm.oom_dump_tasks', value: asked }] as const;
  expect(await helper.request({ verb: 'set-sysctls', changes, pendingSeconds: seconds })).toMatchObject({
    ok: true,
  });
  expect(sysctl('vm.oom_dump_tasks')).toBe(String(asked));
  return helper;
}

/** The change that `begin` makes is in force for so long, in one of up to three times. */
async function expectBack(afterMs: number, beforeMs: number, begin: () => Promise<unknown>): Promise<void> {
  const lastedMs = async () => {
    await begin();
    return backAfterMs();
  };
  const ms = await upToThree(lastedMs, (each) => each > afterMs && each < beforeMs);
  expect(ms).toBeGreaterThan(afterMs);
  expect(ms).toBeLessThan(beforeMs);
}

describe('the dead man’s switch', () => {
  it('reverts a change after its seconds when no answer comes', async () => {
    await expectBack(1500, 2300, () => startPendingClient(2));
  });

  it('starts its clock again when it is asked to, ten times and no more', async () => {
    const helper = await pendingHelper(2);
    const deadlines: number[] = [];
    for (let n = 0; n < 12; n += 1) {
      const answer = await helper.request({ verb: 'extend', change: 1 });
      deadlines.push((answer as { value: { pending: { deadlineMs: number } } }).value.pending.deadlineMs);
    }
    expect(deadlines[9]).toBeGreaterThan(deadlines[0] ?? 0);
    expect(deadlines.slice(10)).toEqual([deadlines[9], deadlines[9]]);
    expect(sysctl('vm.oom_dump_tasks')).toBe(String(asked));
    await backAfterMs();
    expect(Date.now()).toBeGreaterThanOrEqual((deadlines[9] ?? 0) - 50);
    // The helper hears of it a moment after the value is back.
    await expect
      .poll(() => helper.request({ verb: 'extend', change: 1 }))
      .toMatchObject({ ok: false, error: { code: 'change-unknown' } });
  });

  it('takes it back when Lifeboat is killed outright', async () => {
    const client = await startPendingClient(600);
    client.kill('SIGKILL');
    await backAfterMs(2000);
  });

  it('tells a Lifeboat that is still there', async () => {
    const helpers: RawHelper[] = [];
    await expectBack(1500, 2300, async () => helpers.push(await pendingHelper(2)));
    await vi.waitFor(() => {
      for (const { events } of helpers) expect(events).toMatchObject([{ event: 'reverted', change: 1 }]);
    }, 10_000);
  });

  it('takes it back after its seconds when Lifeboat hangs', async () => {
    await expectBack(1500, 2300, async () => (await startPendingClient(2)).kill('SIGSTOP'));
  });

  it('takes it back, and ends, when a hanging Lifeboat has sent no heartbeat', async () => {
    const client = await startPendingClient(600);
    const [helper] = childrenOf(client.pid ?? 0);
    client.kill('SIGSTOP');
    const ms = await backAfterMs(HELPER_HEARTBEAT_MS + 2000);
    expect(ms).toBeGreaterThan(HELPER_HEARTBEAT_MS * 0.6);
    await vi.waitFor(() => {
      // Its stopped parent has not collected it yet.
      expect(readFileSync(`/proc/${helper ?? 0}/stat`, 'utf8')).toMatch(/\) Z /);
    }, 10_000);
  });

  it.for(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    'takes it back when the helper gets %s',
    async (signal) => {
      const helper = await pendingHelper(600);
      helper.child.kill(signal);
      await backAfterMs(2000);
      expect(await helper.exited).toEqual({ code: 0, signal: null });
    },
  );

  it('takes it back even when the helper itself is killed outright', async () => {
    const helper = await pendingHelper(600);
    helper.child.kill('SIGKILL');
    await backAfterMs(2000);
  });

  it('takes it back when the helper can get no memory any more, as under strict overcommit', async () => {
    await expectBack(0, 4000, async () => {
      const helper = await pendingHelper(3);
      // From here on no new page of data is granted to it, which is how overcommit_memory=2 beyond its limit looks to a process.
      expect(spawnSync('prlimit', [`--pid=${helper.pid}`, '--data=1:1']).status).toBe(0);
      const pings = setInterval(() => void helper.request({ verb: 'ping' }), 20);
      onTestFinished(() => {
        clearInterval(pings);
      });
    });
  });

  it('reverts it while the helper’s output is not read', async () => {
    await expectBack(0, 2600, async () => {
      const helper = await pendingHelper(2);
      helper.child.stdout.pause();
      void helper.request({ verb: 'follow-kernel-log' });
      for (let n = 0; n < 5000; n += 1) void helper.request({ verb: 'confirm', change: 99 });
    });
  });

  it('leaves a value that another program has set meanwhile', async () => {
    const helper = await pendingHelper(1);
    writeFileSync('/proc/sys/vm/oom_dump_tasks', '2\n');
    await vi.waitFor(() => {
      expect(helper.events).toMatchObject([{ written: [{ before: '2', asked: old, after: '2' }] }]);
    }, 10_000);
    expect(sysctl('vm.oom_dump_tasks')).toBe('2');
    writeFileSync('/proc/sys/vm/oom_dump_tasks', `${old}\n`);
    await helper.end();
  });

  it('leaves no guard behind', async () => {
    const helper = await pendingHelper(600);
    const guards = () => processesNamed('lifeboat-guard');
    const before = guards().length;
    expect(before).toBeGreaterThan(0);
    await helper.request({ verb: 'revert', change: 1 });
    await helper.end();
    await vi.waitFor(() => {
      expect(guards()).toHaveLength(before - 1);
    }, 10_000);
  });
});

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}

/** Processes that have a word among their arguments. */
function processesNamed(word: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(word);
    } catch {
      return false;
    }
  });
}
