import { describe, expect, it } from 'vitest';
import { sameLimitLines } from '#shared/format/same-limit.ts';
import { type Group } from '#shared/model/owners/group.ts';
import { containerWith } from '../../../helpers/containers/container.ts';

const MIB = 2 ** 20;
const group = (more: Partial<Group>): Group => ({
  ...{ key: '/x', kind: 'other', name: 'x', processCount: 1, oomGroup: false, limitBytes: 256 * MIB },
  ...more,
});

describe('the line for the same limit next time', () => {
  it.each<[string, Group, readonly string[]]>([
    [
      'compose',
      group({ container: containerWith({ compose: { project: 'shop', service: 'db', number: 1 } }) }),
      ['mem_limit: 256m'],
    ],
    ['podman run', group({ container: containerWith({ engine: 'podman' }) }), ['podman run --memory 256m …']],
    ['LXC, which takes neither', group({ container: containerWith({ engine: 'lxc' }) }), []],
    [
      'a unit with a hostile name',
      group({ unit: { manager: 'system', name: 'a b$(x).service' } }),
      ["sudo systemctl set-property 'a b$(x).service' MemoryMax=256M"],
    ],
    [
      'an odd number of bytes',
      group({ unit: { manager: 'user:1000', name: 'web.service' }, limitBytes: 1_000_000 }),
      ['systemctl --user set-property web.service MemoryMax=1000000'],
    ],
    ['a plain cgroup', group({}), []],
  ])('%s', (_, of, lines) => {
    expect(sameLimitLines(of)).toEqual(lines);
  });
});
