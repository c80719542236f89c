import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { compile } from '../helpers/c-program.ts';
import { procFile, setAdj, statusPages } from '../helpers/processes/process-children.ts';
import { lifeboat, startLifeboat } from '../helpers/processes/process-command.ts';
import { parseListed, placeOf } from '../helpers/processes/process-list-shape.ts';

const eater = compile('eater');
afterAll(() => {
  eater.end();
});

const HOSTILE = '\u001b[31m\u009bA\u007f\n';

async function startEater(mebibytes: number, oomScoreAdj: number, name = 'eater'): Promise<number> {
  const pid = Number(await eater.start(String(mebibytes), '0', name));
  setAdj(pid, oomScoreAdj);
  return pid;
}

async function list(...args: string[]) {
  const { code, stdout, stderr } = await lifeboat(['list', '--json', ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.endsWith('}\n')).toBe(true);
  return parseListed(stdout);
}

/** Processes by /proc, without the kernel's threads. */
function pidsOfMachine(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

describe('lifeboat list --json', () => {
  it('fits its shape, and has the ten first places', async () => {
    for (const adj of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) await startEater(1, adj);
    const listed = await list();
    expect(listed).toMatchObject({ version: 1, scope: { kind: 'global' }, panics: false });
    expect(Math.abs(Date.parse(listed.time) - Date.now())).toBeLessThan(60_000);
    expect(listed.order.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const badnesses = listed.order.map(({ badnessPages }) => badnessPages);
    expect(badnesses).toEqual(badnesses.toSorted((a, b) => b - a));
    expect(listed.either).toContain(listed.order[0]?.pid);
  });

  it('has known eaters in the right order, with the figures of /proc', async () => {
    const eaters = [await startEater(40, 0), await startEater(20, 300), await startEater(4, 900)];
    const listed = await list('-n', '0');
    const places = eaters.map((pid) => placeOf(listed, pid));
    const ranks = places.map(({ rank }) => rank);
    expect(ranks).toEqual(ranks.toSorted((a, b) => b - a));
    for (const [index, place] of places.entries()) {
      const { pid } = place;
      const page = listed.pageSizeBytes;
      const startTicks = Number(procFile(pid, 'stat').split(') ')[1]?.split(' ')[19]);
      const statRssPages = Number(procFile(pid, 'stat').split(') ')[1]?.split(' ')[21]);
      expect(place).toMatchObject({
        startTicks,
        name: 'eater',
        command: expect.stringMatching(/eater \d+ 0 eater$/) as string,
        rssPages: statRssPages,
        swapPages: statusPages(pid, 'VmSwap', page),
        pageTablePages: statusPages(pid, 'VmPTE', page),
        oomScore: Number(procFile(pid, 'oom_score')),
        oomScoreAdj: [0, 300, 900][index],
        diesWith: [],
      });
      const adjustment = place.oomScoreAdj * Math.trunc(listed.totalPages / 1000);
      expect(place.badnessPages).toBe(place.rssPages + place.swapPages + place.pageTablePages + adjustment);
      expect(place.freesPages).toBe(
        statusPages(pid, 'RssAnon', page) + place.swapPages + place.pageTablePages,
      );
    }
  });

  it('sums what is freed from the first place on', async () => {
    const { order } = await list('-n', '0');
    expect(order).not.toEqual([]);
    let sum = 0;
    for (const { freesPages, freedSoFarPages } of order) {
      sum += freesPages;
      expect(freedSoFarPages).toBe(sum);
    }
  });

  it('has all processes with -n 0, in the order or with the reason why not', async () => {
    const before = new Set(pidsOfMachine());
    const { order, ineligible } = await list('-n', '0');
    const after = new Set(pidsOfMachine());
    const listed = new Set([
      ...order.flatMap(({ pid, diesWith }) => [pid, ...diesWith]),
      ...ineligible.map(({ pid }) => pid),
    ]);
    expect([...before].filter((pid) => after.has(pid) && !listed.has(pid))).toEqual([]);
  });

  it('names the kernel that runs, and the memory that there is', async () => {
    const listed = await list('-n', '1');
    expect(listed.kernel.release).toBe(procFile(1, '../sys/kernel/osrelease'));
    const meminfo = procFile(1, '../meminfo');
    const kib = (key: string) => Number(new RegExp(`^${key}: +(\\d+) kB`, 'm').exec(meminfo)?.[1]);
    const page = listed.pageSizeBytes / 1024;
    expect(listed.totalPages).toBe(kib('MemTotal') / page + kib('SwapTotal') / page);
  });

  it('gives names and arguments back as they are, and lets nothing of them reach a terminal', async () => {
    const pid = await startEater(1, 1000, HOSTILE);
    const { stdout } = await lifeboat(['list', '--json', '-n', '0']);

    expect(stdout.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    const place = placeOf(parseListed(stdout), pid);
    expect(place.name).toBe(HOSTILE);
    expect(place.command).toContain(HOSTILE);
  });
});

describe('lifeboat list', () => {
  it('shows a hostile name harmless', async () => {
    const pid = await startEater(1, 1000, HOSTILE);
    const { code, stdout, stderr } = await lifeboat(['list', '-n', '0']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    const line = stdout.split('\n').find((each) => each.includes(` ${pid} `));
    expect(line).toContain('\\x1b[31m\\x9bA\\x7f');
  });

  it('explains a hostile name and its arguments harmless', async () => {
    const pid = await startEater(1, 500, HOSTILE);
    for (const args of [
      ['explain', String(pid)],
      ['explain', String(pid), '--json'],
    ]) {
      const { code, stdout } = await lifeboat(args);
      expect(code).toBe(0);

      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }
  });

  it('speaks English to every locale', async () => {
    for (const LANG of ['C', 'ko_KR.UTF-8', '../../etc/passwd', '']) {
      const { code, stdout } = await lifeboat(['list', '-n', '1'], { env: { LANG } });
      expect(code).toBe(0);
      expect(stdout).toContain('Next: ');
    }
  });

  it('prints one list after the other into a pipe, without clearing anything', async () => {
    const running = startLifeboat(['list', '--watch', '-n', '1']);
    const lines = await running.lines(12);
    expect(lines.filter((line) => line.includes('whole machine'))).toHaveLength(2);
    expect(lines.join('\n')).not.toContain('\u001b');
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ signal: 'SIGINT', stderr: '' });
  });

  it('prints one object a line with --watch --json', async () => {
    const pid = await startEater(2, 700);
    const running = startLifeboat(['list', '--watch', '--json', '-n', '0']);
    const [first = ''] = await running.lines(1);
    process.kill(pid, 'SIGKILL');
    const lines = await running.lines(3);
    const listed = lines.map(parseListed);
    expect(placeOf(parseListed(first), pid).oomScoreAdj).toBe(700);
    const [one, two, three] = listed.map(({ time }) => Date.parse(time));
    expect((two ?? 0) - (one ?? 0)).toBeGreaterThanOrEqual(990);
    expect((three ?? 0) - (two ?? 0)).toBeGreaterThanOrEqual(990);
    expect(listed.at(-1)?.order.map((place) => place.pid)).not.toContain(pid);
  });
});

describe('lifeboat explain', () => {
  it('takes a badness apart to the page', async () => {
    const pid = await startEater(12, 250);
    const { code, stdout } = await lifeboat(['explain', String(pid), '--json']);
    expect(code).toBe(0);
    const printed = JSON.parse(stdout) as {
      badnessPages: number;
      terms: { kind: string; pages: number; bytes: number }[];
      process: { pid: number; rank: number };
      pageSizeBytes: number;
      sentence: string;
    };
    expect(printed.process.pid).toBe(pid);
    expect(printed.terms.map(({ kind }) => kind)).toEqual(['rss', 'swap', 'page-tables', 'adjustment']);
    expect(printed.terms.reduce((sum, { pages }) => sum + pages, 0)).toBe(printed.badnessPages);
    for (const { pages, bytes } of printed.terms) expect(bytes).toBe(pages * printed.pageSizeBytes);
    expect(printed.sentence).toContain('oom_score_adj of +250');
  });

  it('shows it as a table, with the place', async () => {
    const pid = await startEater(12, 250);
    const { stdout } = await lifeboat(['explain', String(pid)]);
    expect(stdout).toMatch(
      new RegExp(`^eater \\(${pid}\\), .+: .*eater 12 0 eater\\n\\nPlace \\d+ of \\d+\\. Uses `),
    );
    expect(stdout).toMatch(
      /\nresident +[\d\u202f]+ .*\nswapped +.*\npage tables +.*\nadjustment \+250 .*\nbadness /,
    );
    expect(stdout).toMatch(/\noom_score \d+, 1 thread\n/);
  });
});

describe('lifeboat doctor --json', () => {
  it('has a sentence for every finding', async () => {
    const { code, stdout, stderr } = await lifeboat(['doctor', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const printed = JSON.parse(stdout) as { version: number; findings: Record<string, string>[] };
    expect(printed.version).toBe(1);
    expect(printed.findings.length).toBeGreaterThan(15);
    for (const { check, state, title, meaning } of printed.findings) {
      expect(check).toMatch(/^[a-z-]+$/);
      expect(state).toMatch(/^(good|note|warning|bad)$/);
      expect(title).not.toBe('');
      expect(meaning).toMatch(/\.$/);
    }
  });
});
