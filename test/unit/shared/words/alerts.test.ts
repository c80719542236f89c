import { describe, expect, it } from 'vitest';
import { type Alert, type KillAlert } from '#shared/model/alert.ts';
import { alertText, alertTitle } from '#shared/words/en/alerts.ts';
import { moment } from '#shared/words/en/page.ts';
import { own } from '#shared/words/en/own.ts';
import { settingsView } from '#shared/words/en/settings.ts';

const GIB = 2 ** 30;
const kill = (over: Partial<KillAlert> = {}): KillAlert => ({
  kind: 'kill',
  count: 1,
  witness: 'kernel-log',
  victims: [{ pid: 4711, name: 'chrome', oomScoreAdj: 300, freedBytes: GIB, rank: 2 }],
  scope: { kind: 'global' },
  ...over,
});
const victims = (...names: string[]) => names.map((name, index) => ({ pid: index + 1, name }));

describe('alertTitle', () => {
  it.for<[Alert, string]>([
    [kill(), 'The kernel killed chrome (4711)'],
    [kill({ witness: 'ended' }), 'The kernel killed a process, likely chrome (4711)'],
    [kill({ witness: 'unknown', victims: [] }), 'The kernel killed a process'],
    [kill({ witness: 'unknown', victims: [], count: 1200 }), 'The kernel killed 1\u202f200 processes'],
    [
      kill({ count: 5, victims: victims('a', 'b', 'c', 'd', 'e') }),
      'The kernel killed a (1), b (2), c (3) and 2 more',
    ],
    [
      kill({ count: 2, witness: 'ended', victims: victims('a', 'b') }),
      'The kernel killed 2 processes, likely a (1), b (2)',
    ],
    [kill({ victims: victims('\u001b[2J\u202egpj') }), 'The kernel killed \\x1b[2J\\u202egpj (1)'],
    [
      {
        kind: 'protected-next',
        process: { pid: 7, startTicks: 1, name: 'db' },
        oomScoreAdj: -5,
        certain: false,
      },
      'db (7), which you protected, may be next again',
    ],
  ])('%j: %s', ([alert, title]) => {
    expect(alertTitle(alert)).toBe(title);
  });
});

describe('alertText', () => {
  it('says where memory ran out, by the name that people know', () => {
    const id = '4f6e0a1b2c3d'.repeat(6).slice(0, 64);
    const path = `/system.slice/docker-${id}.scope`;
    expect(alertText(kill({ scope: { kind: 'cgroup', path } }))).toContain(
      'The cgroup docker:4f6e0a1b2c3d reached its limit.',
    );
    expect(alertText(kill({ scope: { kind: 'cgroup', path: '/' } }))).toContain(
      'The cgroup / reached its limit',
    );
  });

  it.for<[NonNullable<KillAlert['scope']>, string]>([
    [
      { kind: 'nodes', by: 'memory-policy', nodes: '3' },
      'NUMA node 3 ran out of memory. A memory policy (mbind, numactl) allowed no others; other nodes may have had memory left.',
    ],
    [
      { kind: 'nodes', by: 'cpuset', nodes: '0,2-3', cpuset: 'box\u001b[2J' },
      'NUMA nodes 0,2-3 ran out of memory. The cpuset box\\x1b[2J allowed no others; other nodes may have had memory left.',
    ],
    [{ kind: 'sysrq' }, 'Memory had not run out: the kill was requested by SysRq f.'],
    [{ kind: 'constraint', constraint: 'CONSTRAINT_X' }, 'The kernel gives CONSTRAINT_X as the reason.'],
  ])('a full node is not the machine: %j', ([scope, text]) => {
    expect(alertText(kill({ scope }))).toContain(text);
    expect(alertText(kill({ scope }))).not.toContain('The machine');
  });

  it('claims nothing that is not known', () => {
    const nowhere = { kind: 'kill', count: 1, witness: 'unknown', victims: [] } as const;
    expect(alertText(nowhere)).toBe(
      'Victim unknown: no watched process ended and the kernel log is not readable. Allow changes to read it.',
    );
  });

  it('says where the victim stood', () => {
    expect(alertText(kill())).toContain('It was number 2 in the kill order.');
    const first = { pid: 1, name: 'a', rank: 1 };
    expect(alertText(kill({ victims: [first] }))).toContain('It was first in the kill order.');
    expect(alertText(kill({ victims: [first], witness: 'was-next' }))).toContain(
      'It was the next victim and ended as the kernel counted a kill.',
    );
  });

  it('adds up what came back', () => {
    const both = kill({ victims: [1, 2].map((pid) => ({ pid, name: 'a', freedBytes: GIB })), count: 2 });
    expect(alertText(both)).toContain('Freed about 2.0 GiB.');
  });

  it('tells tight memory in this machine’s own numbers', () => {
    const tight = {
      kind: 'pressure',
      what: 'available',
      thresholdPercent: 10,
      availableBytes: 1.5 * GIB,
      totalBytes: 16 * GIB,
      next: { pid: 1, startTicks: 1, name: 'big' },
    } as const;
    expect(alertText(tight)).toBe(
      '1.5 GiB (9.4%) of 16.0 GiB is available, below your threshold of 10%; there is no swap. Next victim: big (1).',
    );
    expect(alertText({ ...tight, what: 'waiting', waitingPercent: 34.5, thresholdPercent: 20 })).toContain(
      'Tasks stalled 34.5% of the last 10 seconds, above your threshold of 20%',
    );
  });
});

describe('moment', () => {
  const noon = new Date(2026, 10, 20, 12, 0, 5).getTime();

  it('is a clock time today, and has the day before it otherwise', () => {
    expect(moment(noon, noon + 60_000)).toBe('12:00:05');
    expect(moment(noon, noon + 24 * 3600_000)).toBe('Nov 20, 12:00:05');
  });
});

describe('the words for Lifeboat itself', () => {
  const process = { pid: 1, startTicks: 1, name: 'a', role: 'main', oomScoreAdj: 0, usedBytes: 0 } as const;

  it.for([
    [[], 'Lifeboat cannot see its own processes here.'],
    [[process], 'None of its processes can be killed.'],
    [[{ ...process, rank: 3 }], 'It has place 3 of 40.'],
    [
      [
        { ...process, rank: 30 },
        { ...process, rank: 7 },
      ],
      'The first of its processes has place 7 of 40.',
    ],
  ] as const)('%j: %s', ([processes, lead]) => {
    expect(own.lead(processes, 40)).toBe(lead);
  });

  it('say plainly when it is the next victim', () => {
    expect(own.isNext(1)).toBe('Lifeboat itself is the next victim.');
  });
});

describe('the words of the settings', () => {
  it.for([
    [250, '0.25 s'],
    [500, '0.5 s'],
    [1000, '1 second'],
    [5000, '5 seconds'],
  ] as const)('%i ms: %s', ([intervalMs, words]) => {
    expect(settingsView.intervalValue(intervalMs)).toBe(words);
  });
});
