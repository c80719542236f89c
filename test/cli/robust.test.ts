import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { procFile, startChild } from '../helpers/processes/process-children.ts';
import { lifeboat, startLifeboat } from '../helpers/processes/process-command.ts';
import { parseListed } from '../helpers/processes/process-list-shape.ts';

/** Runs it by a shell that first does something to itself: `exec "$@" <&-`. */
const shell = (script: string) => ['sh', '-c', script, 'sh'];

/** As many idle processes more, by one shell; all end with the test. */
async function startCrowd(count: number): Promise<void> {
  if (count <= 0) return;
  const crowd = await startChild(
    'setsid',
    ['sh', '-c', `i=0; while [ $i -lt ${count} ]; do sleep 1000 & i=$((i+1)); done; echo ready; wait`],
    'ready',
  );
  onTestFinished(() => {
    process.kill(-crowd.pid, 'SIGKILL');
  });
}

function countProcesses(): number {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length;
}

function tell(line: string): void {
  process.stderr.write(`  measured: ${line}\n`);
}

describe('the program', () => {
  it('ends quietly when its reader goes away', async () => {
    const running = startLifeboat(['list', '--watch']);
    await running.lines(1);
    running.child.stdout?.destroy();
    expect(await running.ended).toMatchObject({ code: 0, signal: undefined, stderr: '' });
  });

  it.for([
    { what: 'stdin closed', script: 'exec "$@" <&-' },
    { what: 'few descriptors', script: 'ulimit -n 64; exec "$@"' },
    { what: 'hardly any descriptors', script: 'ulimit -n 24; exec "$@"' },
    { what: 'no environment', script: 'exec env -i "$@"' },
    { what: 'no folder to stand in', script: 'd=$(mktemp -d); cd "$d"; rmdir "$d"; exec "$@"' },
  ])('lists all processes with $what', async ({ script }) => {
    const { code, stdout, stderr } = await lifeboat(['list', '--json', '-n', '0'], {
      through: shell(script),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { order, ineligible } = parseListed(stdout);
    expect(order.length + ineligible.length).toBeGreaterThan(0.5 * countProcesses());
  });

  it('ends quietly with stdout closed', async () => {
    const through = shell('exec "$@" >&-');
    expect(await lifeboat(['list'], { through })).toMatchObject({ code: 0, stderr: '' });
  });

  it('fails with stderr closed as it does otherwise', async () => {
    const through = shell('exec "$@" 2>&-');
    expect(await lifeboat(['explain', '4194304'], { through })).toMatchObject({ code: 1, stdout: '' });
  });

  it.for([
    ['list'],
    ['list', '--json'],
    ['list', '--watch'],
    ['explain', String(process.pid)],
    ['doctor'],
    ['--help'],
  ])('says so when the disk is full: %s', async (args) => {
    const { code, stderr } = await lifeboat(args, { through: shell('exec "$@" >/dev/full') });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^lifeboat: cannot write: ENOSPC: no space left on device, write\n$/);
  });

  it('has all figures of the ranking without any capability', async () => {
    const through =
      process.getuid?.() === 0 ? ['setpriv', '--inh-caps=-all', '--bounding-set=-all'] : ['env'];
    const { code, stdout } = await lifeboat(['list', '--json', '-n', '0'], { through });
    expect(code).toBe(0);
    const own = parseListed(stdout).order.find(({ pid }) => pid === process.pid);
    expect(own?.rssPages).toBeGreaterThan(1000);
    expect(own?.oomScoreAdj).toBe(Number(procFile(process.pid, 'oom_score_adj')));
  });

  it(
    'keeps one descriptor a process, and lets go of them as processes die',
    { timeout: 60_000 },
    async () => {
      const running = startLifeboat(['list', '--watch', '--json', '-n', '0']);
      const extra = async (lines: number) => {
        const listed = parseListed((await running.lines(lines)).at(-1) ?? '');
        const seen = listed.order.length + listed.ineligible.length;
        return readdirSync(`/proc/${running.pid}/fd`).length - seen;
      };
      const before = await extra(2);
      for (let round = 0; round < 5; round++) {
        for (let child = 0; child < 20; child++) await startChild('true', []);
        await sleep(500);
      }
      const after = await extra(6);
      tell(`descriptors beside those of processes: ${before}, after 100 births and deaths: ${after}`);
      expect(before).toBeLessThan(40);
      expect(Math.abs(after - before)).toBeLessThan(12);
    },
  );

  it('lists 300 processes quickly, in little memory', { timeout: 60_000 }, async () => {
    await startCrowd(300 - countProcesses());
    let bestMs = Infinity;
    for (let round = 0; round < 5; round++) {
      const before = performance.now();
      expect((await lifeboat(['list'])).code).toBe(0);
      bestMs = Math.min(bestMs, performance.now() - before);
    }
    const running = startLifeboat(['list', '--watch', '--json']);
    await running.lines(3);
    const peakKib = Number(/^VmHWM:\s+(\d+) kB$/m.exec(procFile(running.pid, 'status'))?.[1]);
    const processes = countProcesses();
    tell(
      `list of ${processes} processes: ${Math.round(bestMs)} ms at best of five, peak ${Math.round(peakKib / 1024)} MiB`,
    );
    // 250 ms on an idle machine: `npm run bench` holds it to that. Others may be at work on this one, with many processes.
    expect(bestMs).toBeLessThan(1500 + 2 * processes);
    expect(peakKib).toBeLessThan(160 * 1024);
  });

  it('gets along with processes that come and go two hundred times a second', async () => {
    await startChild('setsid', ['sh', '-c', 'echo ready; while :; do true & sleep 0.005; done'], 'ready');
    const running = startLifeboat(['list', '--watch', '--json', '-n', '0']);
    const listed = (await running.lines(4)).map(parseListed);
    for (const { order } of listed) {
      expect(order).not.toEqual([]);
      expect(order.map(({ rank }) => rank)).toEqual(order.map((_, index) => index + 1));
      const badnesses = order.map(({ badnessPages }) => badnessPages);
      expect(badnesses).toEqual(badnesses.toSorted((a, b) => b - a));
    }
    running.child.kill();
    expect((await running.ended).stderr).toBe('');
  });
});
