import { describe, expect, it } from 'vitest';
import { forecastsFared } from '#shared/forecast/fared.ts';
import { type Alert, type KillAlert, type RecordedAlert } from '#shared/model/alert.ts';

const at = (seconds: number, alert: Alert): RecordedAlert => ({ id: seconds, timeMs: seconds * 1000, alert });
const forecast = (path?: string): Alert => ({
  kind: 'forecast',
  ...(path === undefined ? {} : { path }),
  forecast: { lowSeconds: 60, middleSeconds: 80, highSeconds: 100, fallingSeconds: 200, fellBytes: 1 },
});
const kill = (scope?: KillAlert['scope']): Alert => ({
  kind: 'kill',
  count: 1,
  witness: 'unknown',
  victims: [],
  ...(scope === undefined ? {} : { scope }),
});
const NONE = { right: 0, wrong: 0, unfollowed: 0 };

describe('forecastsFared', () => {
  it.for<{ what: string; alerts: readonly RecordedAlert[]; fared: Partial<typeof NONE> }>([
    {
      what: 'a kill in its span',
      alerts: [at(80, kill({ kind: 'global' })), at(0, forecast())],
      fared: { right: 1 },
    },
    { what: 'a kill too soon', alerts: [at(20, kill()), at(0, forecast())], fared: { wrong: 1 } },
    { what: 'a kill too late', alerts: [at(150, kill()), at(0, forecast())], fared: { wrong: 1 } },
    { what: 'no kill', alerts: [at(0, forecast())], fared: { unfollowed: 1 } },
    {
      what: 'a kill elsewhere',
      alerts: [at(80, kill({ kind: 'cgroup', path: '/b' })), at(0, forecast('/a'))],
      fared: { unfollowed: 1 },
    },
    {
      what: 'a kill in its cgroup',
      alerts: [at(80, kill({ kind: 'cgroup', path: '/a' })), at(0, forecast('/a'))],
      fared: { right: 1 },
    },
    { what: 'nothing yet', alerts: [at(9950, forecast())], fared: {} },
  ])('knows $what', ({ alerts, fared }) => {
    expect(forecastsFared(alerts, 10_000_000)).toEqual({ ...NONE, ...fared });
  });
});
