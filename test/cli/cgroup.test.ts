import { rmdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { compile, type CProgram } from '../helpers/c-program.ts';
import { realCgroup, type RealCgroup } from '../helpers/processes/process-cgroup.ts';
import { isAlive, procFile, setAdj } from '../helpers/processes/process-children.ts';
import { kernelLogFromHere } from '../helpers/processes/process-kernel-log.ts';
import { lifeboat, startLifeboat } from '../helpers/processes/process-command.ts';
import { parseListed, placeOf } from '../helpers/processes/process-list-shape.ts';

const MIB = 2 ** 20;
const LIMIT = 96 * MIB;
/** Mebibytes that each takes at a time. */
const STEADY_STEP = 20;
const GIVEN_STEP = 16;
/** Making a memory cgroup is root's to do. Root without memory cgroups is a failure, not a reason to leave this out. */
const isRoot = process.getuid?.() === 0;

/** Of this run alone, so that the kernel's log can be asked about them. */
const names = { steady: `steady-${process.pid}`, given: `given-${process.pid}` } as const;

const programs: CProgram[] = [];
afterAll(() => {
  for (const program of programs) program.end();
});

/** Two eaters whose memory is charged to a cgroup. */
async function twoEaters(cgroup: RealCgroup) {
  const program = compile('eater');
  programs.push(program);
  const start = async (name: string, stepMebibytes: number, oomScoreAdj: number) => {
    const pid = Number(await program.start('0', String(stepMebibytes), name));
    cgroup.add(pid);
    setAdj(pid, oomScoreAdj);
    return pid;
  };
  return {
    steady: await start(names.steady, STEADY_STEP, 0),
    given: await start(names.given, GIVEN_STEP, 1000),
  };
}

/** Lets an eater take one step more, and waits until it has all of it: signals that come too early are lost. */
async function grow(pid: number, stepMebibytes: number): Promise<void> {
  const anonKib = () => Number(/^RssAnon:\s+(\d+) kB$/m.exec(procFile(pid, 'status'))?.[1]);
  const wanted = anonKib() + stepMebibytes * 1024 * 0.99;
  process.kill(pid, 'SIGUSR1');
  await until(() => anonKib() >= wanted);
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('it did not come to pass');
    await sleep(10);
  }
}

async function list(...args: string[]) {
  const { code, stdout, stderr } = await lifeboat(['list', '--json', ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return parseListed(stdout);
}

describe.skipIf(!isRoot)('in a real memory cgroup (needs root)', () => {
  it('list has its members and its limit', async () => {
    const cgroup = realCgroup('lifeboat-members', LIMIT);
    const { steady, given } = await twoEaters(cgroup);
    await grow(steady, STEADY_STEP);
    const listed = await list('--scope', `cgroup:${cgroup.path}`, '-n', '0');
    expect(listed).toMatchObject({
      scope: { kind: 'cgroup', path: cgroup.path },
      totalPages: LIMIT / listed.pageSizeBytes,
      panics: false,
    });
    expect(listed.order.map(({ pid }) => pid).toSorted((a, b) => a - b)).toEqual(
      [steady, given].toSorted((a, b) => a - b),
    );
    const place = placeOf(listed, given);
    expect(place.rank).toBe(1);
    expect(place.badnessPages).toBe(
      place.rssPages + place.pageTablePages + place.swapPages + 1000 * Math.trunc(listed.totalPages / 1000),
    );
    const byFolder = await list('--scope', `cgroup:${cgroup.folder}`);
    expect(byFolder.scope).toEqual(listed.scope);
  });

  it('the kernel kills the process that list names, though another is larger', async () => {
    const cgroup = realCgroup('lifeboat-victim', LIMIT);
    const { steady, given } = await twoEaters(cgroup);
    await grow(given, GIVEN_STEP);
    for (let step = 0; step < 3; step++) await grow(steady, STEADY_STEP);
    const listed = await list('--scope', `cgroup:${cgroup.path}`);
    expect(listed.either).toEqual([given]);
    expect(placeOf(listed, steady).rssPages).toBeGreaterThan(3 * placeOf(listed, given).rssPages);
    expect(cgroup.oomKills()).toBe(0);
    const log = kernelLogFromHere();
    const ours = () => log.victims().filter((name) => name === names.steady || name === names.given);
    process.kill(steady, 'SIGUSR1');
    await until(() => cgroup.oomKills() > 0 && !isAlive(given));
    // Where the memory of the victim comes back too slowly, the kernel takes the other one as well: afterwards, by its own log.
    await until(() => ours().length > 0);
    expect(ours()[0]).toBe(names.given);
    if (!isAlive(steady)) expect(ours()).toEqual([names.given, names.steady]);
  });

  it('list goes on while the kernel kills around it', async () => {
    const cgroup = realCgroup('lifeboat-pressed', 2 * LIMIT);
    const running = startLifeboat(['list', '--json', '--watch', '--scope', `cgroup:${cgroup.path}`]);
    cgroup.add(running.pid);
    await running.lines(1);
    const { steady, given } = await twoEaters(cgroup);
    // More than there is, in steps: the one that is given up dies for it, then the steady one.
    for (let step = 0; step < 12 && cgroup.oomKills() < 1; step++) {
      process.kill(steady, 'SIGUSR1');
      await sleep(50);
    }
    await until(() => !isAlive(given));
    const listed = (await running.lines(3)).map(parseListed);
    expect(listed.at(-1)?.order.map(({ pid }) => pid)).not.toContain(given);
    expect(listed.at(-1)?.order.map(({ pid }) => pid)).toContain(running.pid);
    running.child.kill();
    expect((await running.ended).stderr).toBe('');
  });

  it('explain names the limit that is reached first', async () => {
    const cgroup = realCgroup('lifeboat-explain', LIMIT);
    const { steady } = await twoEaters(cgroup);
    const { code, stdout } = await lifeboat(['explain', String(steady)]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(
        `\\nlimit 96\\.0 MiB, .+ in use, headroom 9\\d\\.\\d MiB, .+ comfortable: ${cgroup.path}\\nRuns out first: ${cgroup.path}, headroom 9\\d\\.\\d MiB; there it has place 2\\.\\n`,
      ),
    );
  });

  it('list answers for one without a limit with the machine', async () => {
    const cgroup = realCgroup('lifeboat-unlimited');
    const { code, stdout } = await lifeboat(['list', '--scope', `cgroup:${cgroup.path}`]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^${cgroup.path} has no limit of its own\\. Memory runs out first in `),
    );
  });

  it('list --watch ends with a word when it is removed', async () => {
    const cgroup = realCgroup('lifeboat-removed', LIMIT);
    const running = startLifeboat(['list', '--json', '--watch', '--scope', `cgroup:${cgroup.path}`]);
    expect(parseListed((await running.lines(1))[0] ?? '')).toMatchObject({ panics: false, order: [] });
    rmdirSync(cgroup.folder);
    const { code, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^lifeboat: There is no memory cgroup ${cgroup.path}\\.`));
  });
});
