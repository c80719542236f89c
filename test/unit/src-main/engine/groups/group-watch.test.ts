import { describe, expect, it } from 'vitest';
import { type GroupFrame, type GroupView } from '#shared/contract/groups.ts';
import { GroupWatch } from '../../../../../src-main/engine/groups/group-watch.ts';
import { GroupForecasts } from '../../../../../src-main/engine/forecast/group-forecasts.ts';
import { sampledTree, EVERYTHING } from '../../../../helpers/processes/process-sampler.ts';
import { CACHE, CONTAINERS, DB, MACHINE, sourcesOf } from './stage.ts';

const VIEW: GroupView = {
  range: {
    ...{
      all: false,
      kinds: [],
      query: '',
      sort: 'closeness',
      descending: false,
      folded: [],
      from: 0,
      count: 50,
    },
  },
};

function watching() {
  const sampled = sampledTree(MACHINE);
  const forecasts = new GroupForecasts();
  const containers = { ...sourcesOf(CONTAINERS).containers, access: () => [] };
  const watch = new GroupWatch({ containers, forecasts: () => forecasts });
  const frames: GroupFrame[] = [];
  const client = { view: VIEW, onFrame: (frame: GroupFrame) => frames.push(frame) };
  return { ...sampled, watch, client, frames };
}

const namesIn = (frame: GroupFrame | undefined) =>
  frame?.page.lines.flatMap((line) => (line.kind === 'group' ? line.group.name : []));

const goneIn = (frame: GroupFrame | undefined) =>
  frame?.page.lines.flatMap((line) =>
    line.kind === 'group' && line.group.gone === true ? line.group.name : [],
  ) ?? [];

describe('the frames of groups', () => {
  it('cost nothing while nobody looks: nothing is asked for and nothing is made', () => {
    const { watch, client, frames, sample } = watching();
    expect(watch.closely).toEqual({ watched: [], groups: [], scopes: [] });
    watch.take(sample(EVERYTHING));
    watch.watch(client, VIEW, sample(EVERYTHING));
    watch.unwatch(client);
    expect(watch.closely).toEqual({ watched: [], groups: [], scopes: [] });
    watch.take(sample(EVERYTHING));
    expect(frames).toEqual([]);
  });

  it('come with every snapshot, and have what is in sight read closely', () => {
    const { watch, client, frames, sample } = watching();
    const range = { ...VIEW.range, count: 2 };
    const first = watch.watch(client, { range }, sample(EVERYTHING));
    expect(namesIn(first)).toEqual(['shop-cache-1']);
    expect(watch.closely.groups).toEqual([`/docker/${CACHE}`]);
    expect(watch.closely.watched.map(({ pid }) => pid)).toEqual([20]);
    watch.take(sample(EVERYTHING));
    expect(namesIn(frames[0])).toEqual(['shop-cache-1']);
    expect(frames[0]?.page.total).toBe(7);
  });

  it('have the chosen group with its members read closely, and say that it is gone', () => {
    const { watch, client, frames, sample, tree } = watching();
    const path = `/docker/${DB}`;
    const { chosen } = watch.watch(client, { ...VIEW, chosen: path }, sample(EVERYTHING));
    expect(chosen).toMatchObject({ group: { name: 'shop-db-1' }, killableCount: 2 });
    expect(watch.closely.scopes).toEqual([path]);
    for (const pid of [11, 12]) tree.removeProcess(pid);
    tree.removeCgroup(path);
    const closely = watch.closely;
    watch.take(sample({ ...EVERYTHING, ...closely, scopes: [...closely.scopes] }));
    expect(frames[0]?.chosen).toBe('gone');
    expect(goneIn(frames[0])).toEqual(['shop-db-1']);
  });

  it('keep what has ended for ten seconds, with its last figures', () => {
    const { watch, client, frames, sample, tree } = watching();
    watch.watch(client, VIEW, sample(EVERYTHING));
    tree.removeProcess(20);
    tree.removeCgroup(`/docker/${CACHE}`);
    const closely = { ...EVERYTHING, groups: [], scopes: [`/docker/${CACHE}`] };
    for (let second = 0; second < 13; second++) watch.take(sample(closely));
    const shown = frames.map((frame) => goneIn(frame).includes('shop-cache-1'));
    expect(shown.indexOf(true)).toBe(0);
    expect(shown.filter(Boolean)).toHaveLength(10);
    expect(watch.closely.groups).not.toContain(`/docker/${CACHE}`);
  });

  it('list the cgroups of a thousand groups without reading more than is in sight', () => {
    const { watch, client, sample } = watching();
    const snapshot = sample(EVERYTHING);
    const [cgroup] = snapshot.cgroups.values();
    if (cgroup === undefined) throw new Error('the built machine has no cgroup');
    const many = Array.from({ length: 1000 }, (_, index) => {
      const path = `/many/${index}`;
      return [path, { ...cgroup, path, label: `${index}`, limitBytes: 2 ** 30, usageBytes: index }] as const;
    });
    const frame = watch.watch(client, VIEW, { ...snapshot, cgroups: new Map(many) });
    expect(frame.page.total).toBe(1001);
    expect(frame.page.lines).toHaveLength(50);
    expect(watch.closely.groups).toHaveLength(49);
  });
});
