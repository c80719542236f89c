import { describe, expect, it } from 'vitest';
import { groupDetail } from '../../../../../src-main/engine/groups/detail.ts';
import { groupsOf } from '../../../../../src-main/engine/groups/groups-of.ts';
import { snapshotOf } from '../../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';
import { DB, MACHINE, MIB, sourcesOf } from './stage.ts';

function detailIn(path: string, spec: ProcTreeSpec = MACHINE) {
  const snapshot = snapshotOf(spec);
  const group = groupsOf(snapshot, sourcesOf()).find(({ key }) => key === path);
  if (group === undefined) throw new Error(`no group ${path}`);
  const history = () => ({ seconds: [1, 2], bytes: [100 * MIB, 38 * MIB] });
  return groupDetail(snapshot, group, { history });
}

describe('the detail of a group', () => {
  it('spells out how the room until a kill comes about', () => {
    const { arithmetic, dockerStatsBytes, swapLimitBytes } = detailIn(`/docker/${DB}`);
    expect(arithmetic).toEqual({
      ...{ limitBytes: 256 * MIB, usageBytes: 241 * MIB, reclaimableBytes: 23 * MIB, swapBytes: 0 },
      headroomBytes: 38 * MIB,
    });
    // As docker stats counts: without the inactive part of the page cache.
    expect(dockerStatsBytes).toBe(226 * MIB);
    expect(swapLimitBytes).toBe(0);
  });

  it('adds up to the headroom with cgroup v1 as well, where memory and swap together have the nearer limit', () => {
    const path = `/docker/${DB}`;
    const spec: ProcTreeSpec = {
      cgroupVersion: 1,
      meminfo: { swapTotalBytes: 100 * MIB, swapFreeBytes: 90 * MIB },
      cgroups: {
        [path]: {
          ...{
            limitBytes: 256 * MIB,
            memswLimitBytes: 280 * MIB,
            usageBytes: 240 * MIB,
            swapUsageBytes: 30 * MIB,
          },
          inactiveFileBytes: 4 * MIB,
        },
      },
      processes: [{ pid: 11, name: 'postgres', rssAnonPages: 5000, cgroup: path }],
    };
    const { limitBytes = 0, usageBytes = 0, ...parts } = detailIn(path, spec).arithmetic ?? {};
    const { reclaimableBytes = 0, swapBytes = 0, headroomBytes } = parts as Record<string, number>;
    expect(limitBytes).toBe(280 * MIB);
    expect(limitBytes - usageBytes + reclaimableBytes + swapBytes).toBe(headroomBytes);
  });

  it('has the limits up to the machine, and which of them ends first', () => {
    const limits = detailIn(`/docker/${DB}`).limits;
    expect(limits.map(({ isFirst }) => isFirst)).toEqual([true, false]);
    expect(limits[1]).toMatchObject({ name: '' });
    expect(limits[1]?.path).toBeUndefined();
  });

  it('lists who dies inside, with the main process', () => {
    const { places } = detailIn(`/docker/${DB}`);
    expect(places.map(({ rank, pid, isMain }) => [rank, pid, isMain ?? false])).toEqual([
      [1, 12, false],
      [2, 11, true],
    ]);
  });

  it('draws what could not be reclaimed of the limit', () => {
    expect(detailIn(`/docker/${DB}`).history.map(({ bytes }) => bytes)).toEqual([156 * MIB, 218 * MIB]);
  });

  it('says little of a group that has no limit, and nothing wrong', () => {
    const detail = detailIn('/system.slice/cron.service');
    expect(detail.arithmetic).toBeUndefined();
    expect(detail.places).toEqual([]);
    expect(detail.history).toEqual([]);
    expect(detail.limits.map(({ isFirst }) => isFirst)).toEqual([false, true]);
  });
});
