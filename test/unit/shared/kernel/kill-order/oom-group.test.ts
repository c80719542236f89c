import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWithin, oomGroupOf, pathsDownTo } from '#shared/kernel/kill-order/oom-group.ts';
import { cgroupScope } from '../../../../helpers/kernel-tasks.ts';

const GLOBAL = { kind: 'global' } as const;

describe('isWithin', () => {
  it.for([
    { path: '/a/b', ancestor: '/a', answer: true },
    { path: '/a', ancestor: '/a', answer: true },
    { path: '/a', ancestor: '/', answer: true },
    { path: '/', ancestor: '/', answer: true },
    { path: '/ab', ancestor: '/a', answer: false },
    { path: '/a', ancestor: '/a/b', answer: false },
    { path: '/', ancestor: '/a', answer: false },
    { path: '/c/a', ancestor: '/a', answer: false },
  ])('$path in $ancestor: $answer', ({ path, ancestor, answer }) => {
    expect(isWithin(path, ancestor)).toBe(answer);
  });
});

describe('pathsDownTo', () => {
  it.for([
    { path: '/', paths: [] },
    { path: '/a', paths: ['/a'] },
    { path: '/a/b.slice/c', paths: ['/a', '/a/b.slice', '/a/b.slice/c'] },
  ])('$path', ({ path, paths }) => {
    expect(pathsDownTo(path)).toEqual(paths);
  });

  it('gives every ancestor but the root, outermost first', () => {
    const parts = fc.array(fc.stringMatching(/^[^/]{1,8}$/), { maxLength: 6 });
    fc.assert(
      fc.property(parts, (names) => {
        const path = `/${names.join('/')}`;
        const found = pathsDownTo(path);
        expect(found).toHaveLength(names.length);
        if (names.length > 0) expect(found.at(-1)).toBe(path);
        found.reduce((outer, inner) => {
          expect(isWithin(inner, outer)).toBe(true);
          return inner;
        }, '/');
      }),
    );
  });
});

describe('oomGroupOf', () => {
  it.for([
    { what: 'no group at all', groups: [], group: undefined },
    { what: 'its own cgroup', groups: ['/a/b/c'], group: '/a/b/c' },
    { what: 'the highest of two', groups: ['/a/b/c', '/a'], group: '/a' },
    { what: 'a group that it is not in', groups: ['/a/bb', '/b'], group: undefined },
  ])('on the whole machine, $what: $group', ({ groups, group }) => {
    expect(oomGroupOf('/a/b/c', GLOBAL, new Set(groups))).toBe(group);
  });

  it.for([
    { what: 'not above the cgroup that ran out', scope: '/a/b', groups: ['/a'], group: undefined },
    { what: 'the cgroup that ran out', scope: '/a/b', groups: ['/a', '/a/b', '/a/b/c'], group: '/a/b' },
    { what: 'below the cgroup that ran out', scope: '/a', groups: ['/a/b/c'], group: '/a/b/c' },
    { what: 'no task outside of it', scope: '/x', groups: ['/a'], group: undefined },
  ])('in a cgroup, $what: $group', ({ scope, groups, group }) => {
    expect(oomGroupOf('/a/b/c', cgroupScope(scope), new Set(groups))).toBe(group);
  });

  it('in a container, whose root is a cgroup of the host, the root counts', () => {
    expect(oomGroupOf('/a', cgroupScope('/'), new Set(['/']))).toBe('/');
  });
});
