import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Alert, type KillAlert } from '#shared/model/alert.ts';
import { compose } from '../../src-main/composition.ts';
import { temporaryDir } from '../helpers/web-client.ts';

const MEMORY = '/sys/fs/cgroup/memory';
const MIB = 2 ** 20;

function canReadLog(): boolean {
  try {
    accessSync('/dev/kmsg', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A cgroup of version 1 with a limit; taken away when the test is over. */
function limitedCgroup(): string {
  const path = `/lifeboat-early-kill-${process.pid}`;
  mkdirSync(MEMORY + path);
  onTestFinished(() => {
    rmdirSync(MEMORY + path);
  });
  writeFileSync(`${MEMORY}${path}/memory.limit_in_bytes`, String(16 * MIB));
  return path;
}

/** Lets the kernel kill a process in the cgroup, and returns its pid. */
function killIn(path: string): number {
  const script = `echo $$ > ${MEMORY}${path}/cgroup.procs && exec tail /dev/zero`;
  const { pid, signal } = spawnSync('sh', ['-c', script]);
  expect(signal).toBe('SIGKILL');
  return pid;
}

/** Starts all that keeps running, with its state in a folder of its own. */
function start(onFirst: () => void) {
  for (const name of ['XDG_STATE_HOME', 'XDG_CONFIG_HOME']) vi.stubEnv(name, temporaryDir());
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const alerts: Alert[] = [];
  let isFirst = true;
  const lifeboat = compose({
    policy: { readOnly: true, command: 'lifeboat' },
    asks: 'none',
    log: () => undefined,
    onSnapshot: () => {
      if (isFirst) onFirst();
      isFirst = false;
    },
    onAlert: ({ alert }) => alerts.push(alert),
  });
  if (!lifeboat.ok) throw new Error(lifeboat.error.code);
  onTestFinished(() => lifeboat.value.close());
  return alerts;
}

const isPossible = process.getuid?.() === 0 && existsSync(`${MEMORY}/memory.limit_in_bytes`) && canReadLog();

describe.runIf(isPossible)(
  'a kill at the start (needs root, memory cgroups of version 1 and the kernel log)',
  { timeout: 60_000 },
  () => {
    it('is reported with its victim from the kernel log, however long the log was before', async () => {
      const cgroup = limitedCgroup();
      const before = killIn(cgroup);
      const filler = '<15>lifeboat-test: a record from before\n';
      for (let each = 0; each < 1200; each += 1) writeFileSync('/dev/kmsg', filler);
      let victim = 0;
      const alerts = start(() => {
        victim = killIn(cgroup);
      });
      const kills = () => alerts.filter((alert): alert is KillAlert => alert.kind === 'kill');
      const named = () => kills().flatMap(({ victims }) => victims.map(({ pid }) => pid));
      await vi.waitFor(
        () => {
          expect(named()).toContain(victim);
        },
        { timeout: 30_000, interval: 100 },
      );
      expect(kills().find(({ victims }) => victims[0]?.pid === victim)).toMatchObject({
        witness: 'kernel-log',
      });
      expect(named()).not.toContain(before);
    });
  },
);
