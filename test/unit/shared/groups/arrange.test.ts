import { describe, expect, it } from 'vitest';
import { type GroupRange } from '#shared/contract/groups.ts';
import { arrange } from '#shared/groups/arrange.ts';
import { type Group } from '#shared/model/owners/group.ts';
import { containerWith } from '../../../helpers/containers/container.ts';

const MIB = 2 ** 20;
const RANGE: GroupRange = {
  ...{
    all: false,
    kinds: [],
    query: '',
    sort: 'closeness',
    descending: false,
    folded: [],
    from: 0,
    count: 100,
  },
};

const headroom = (headroomBytes: number) => ({
  ...{ headroomBytes, uncertainBytes: 0, comfortableBytes: 0, reclaimableBytes: 0, swapBytes: 0 },
});

function group(name: string, leftBytes: number | undefined, more: Partial<Group> = {}): Group {
  const limited = leftBytes === undefined ? {} : { limitBytes: 100 * MIB, headroom: headroom(leftBytes) };
  const common = {
    key: `/${name}`,
    path: `/${name}`,
    kind: 'service' as const,
    processCount: 1,
    oomGroup: false,
  };
  return { ...common, name, usageBytes: 10 * MIB, ...limited, ...more };
}

const inProject = (project: string) =>
  ({
    kind: 'container',
    container: containerWith({ compose: { project, service: 'x', number: 1 } }),
  }) as const;

const soon = { lowSeconds: 60, middleSeconds: 90, highSeconds: 120, fallingSeconds: 100, fellBytes: MIB };

const GROUPS = [
  group('roomy', 90 * MIB),
  group('tight', 5 * MIB),
  group('falling', 80 * MIB, { forecast: soon, growthBytesPerMinute: 9 * MIB }),
  group('free', undefined),
  group('shop-web-1', 50 * MIB, inProject('shop')),
  group('shop-db-1', 3 * MIB, { ...inProject('shop'), kills: 2 }),
  group('wiki-1', 20 * MIB, inProject('wiki')),
  group('alone', undefined, { kind: 'container', usageBytes: 900 * MIB }),
];

function outline(range: Partial<GroupRange>) {
  const { lines } = arrange(GROUPS, { ...RANGE, ...range });
  return lines.map((line) => (line.kind === 'section' ? `# ${line.key}` : line.group.name));
}

describe('the list of groups', () => {
  it('has the first to be killed on top of each section, projects by their first one', () => {
    expect(outline({})).toEqual([
      ...['# compose:shop', 'shop-db-1', 'shop-web-1', '# compose:wiki', 'wiki-1', '# containers', 'alone'],
      ...['# services', 'falling', 'tight', 'roomy'],
    ]);
  });

  it('lists services without a limit only when all are asked for, and counts both', () => {
    expect(outline({ all: true })).toContain('free');
    expect(arrange(GROUPS, RANGE)).toMatchObject({ listedCount: 7, allCount: 8, groupCount: 7 });
  });

  it('keeps the headings of what is folded, with the sum of its memory, and unfolds what is searched for', () => {
    const { sections, total } = arrange(GROUPS, { ...RANGE, folded: ['compose:shop'] });
    expect(sections[0]).toMatchObject({
      name: 'shop',
      count: 2,
      usageBytes: 20 * MIB,
      folded: true,
      line: 0,
    });
    expect(sections[1]).toMatchObject({ name: 'wiki', line: 1 });
    expect(total).toBe(9);
    expect(outline({ folded: ['compose:shop'], query: 'WEB' })).toEqual(['# compose:shop', 'shop-web-1']);
  });

  it('has only the kinds that are chosen, and counts all of them', () => {
    expect(outline({ kinds: ['service'] })).toEqual(['# services', 'falling', 'tight', 'roomy']);
    expect(arrange(GROUPS, { ...RANGE, kinds: ['service'] }).kindCounts).toMatchObject({
      container: 4,
      service: 3,
    });
  });

  it('puts what is not known last, whichever way it sorts', () => {
    const kinds = ['service'] as const;
    expect(outline({ kinds, all: true, sort: 'left' })).toEqual([
      '# services',
      'tight',
      'falling',
      'roomy',
      'free',
    ]);
    const down = outline({ kinds, all: true, sort: 'left', descending: true });
    expect(down).toEqual(['# services', 'roomy', 'falling', 'tight', 'free']);
  });

  it('has the lines that are asked for, and says where each heading stands', () => {
    const page = arrange(GROUPS, { ...RANGE, from: 2, count: 3 });
    expect(page.total).toBe(11);
    expect(page.lines).toHaveLength(3);
    expect(page.sections.map(({ line }) => line)).toEqual([0, 3, 5, 7]);
  });

  it.each(['shop', 'db-1', 'shop db'])('finds by %j', (query) => {
    expect(outline({ query })).toContain('shop-db-1');
  });
});
