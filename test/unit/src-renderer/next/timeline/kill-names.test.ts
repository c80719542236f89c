import { describe, expect, it } from 'vitest';
import { type RecordedAlert } from '#shared/model/alert.ts';
import { killNames } from '../../../../../src-renderer/next/timeline/kill-names.ts';
import { recentKills } from '../../../../../src-renderer/next/aside/recent-kills.ts';

const kill = (id: number, timeMs: number, name: string, path?: string): RecordedAlert => ({
  id,
  timeMs,
  alert: {
    kind: 'kill',
    count: 1,
    witness: 'kernel-log',
    victims: [{ pid: id, name, freedBytes: 100 }],
    scope: path === undefined ? { kind: 'global' } : { kind: 'cgroup', path },
  },
});

describe('the name at a kill of the timeline', () => {
  const at = killNames([kill(1, 60_000, 'java'), kill(2, 66_000, 'mysqld')], ({ name }) => name);

  it('is that of the kill nearest in time, within some seconds', () => {
    expect(at(60_500)).toBe('java');
    expect(at(64_000)).toBe('mysqld');
    expect(at(90_000)).toBe('');
  });
});

describe('kills of the last hour', () => {
  const nowMs = 10_000_000;
  const alerts = [
    kill(5, nowMs - 1000, 'worker', '/docker/a'),
    kill(4, nowMs - 61_000, 'worker', '/docker/a'),
    kill(3, nowMs - 120_000, 'worker', '/docker/b'),
    kill(2, nowMs - 3_599_000, 'java'),
    kill(1, nowMs - 3_601_000, 'old'),
  ];

  it('are told once for a name and a place, with how many and since when, the newest first', () => {
    expect(recentKills(alerts, nowMs)).toMatchObject([
      {
        name: 'worker',
        scope: { path: '/docker/a' },
        count: 2,
        firstMs: nowMs - 61_000,
        lastMs: nowMs - 1000,
        freedBytes: 200,
      },
      { name: 'worker', scope: { path: '/docker/b' }, count: 1 },
      { name: 'java', scope: { kind: 'global' }, count: 1 },
    ]);
  });

  it('are none where none were', () => {
    expect(recentKills([], nowMs)).toEqual([]);
  });
});
