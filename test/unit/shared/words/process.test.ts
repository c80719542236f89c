import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KillOrderView, type OrderEntry } from '#shared/model/kill-order.ts';
import { type ProcessFacts } from '#shared/model/process.ts';
import { en } from '#shared/words/en.ts';
import { plain } from '#shared/words/sentence.ts';

const GIB_PAGES = 262_144;
const TOTAL_PAGES = 40 * GIB_PAGES;
const PAGE = 4096;

function facts(over: Partial<ProcessFacts> = {}): ProcessFacts {
  const base = {
    pid: 4711,
    startTicks: 12,
    name: 'java',
    command: 'java -jar x.jar',
    user: 'build',
    cgroup: '/',
    parentPid: 1,
    threads: 20,
    rssPages: 3 * GIB_PAGES,
    rssAnonPages: 3 * GIB_PAGES,
    rssFilePages: 0,
    rssShmemPages: 0,
    swapPages: 0,
    pageTablePages: 0,
    oomScore: 700,
    oomScoreAdj: 0,
    ...over,
  };
  const adjustmentPages = over.adjustmentPages ?? Math.trunc(TOTAL_PAGES / 1000) * base.oomScoreAdj;
  const used = base.rssPages + base.swapPages + base.pageTablePages;
  return { ...base, adjustmentPages, badnessPages: used + adjustmentPages };
}

const explain = (over: Partial<ProcessFacts>) => en.explainSentence(facts(over), TOTAL_PAGES, PAGE);

describe('explainSentence', () => {
  it.each<[string, Partial<ProcessFacts>, string]>([
    ['size alone', {}, 'Uses 3.0 GiB, 7.5% of memory and swap.'],
    [
      'an adjustment that outweighs the size, by Chromium',
      { oomScoreAdj: 300, adjustedBy: 'chromium' },
      'Uses 3.0 GiB. Its oom_score_adj of +300, which Chromium gives to every tab, counts like another 12.0 GiB.',
    ],
    [
      'an adjustment that adds a little',
      { oomScoreAdj: 20 },
      'Uses 3.0 GiB, 7.5% of memory and swap; its oom_score_adj of +20 counts like another 819 MiB.',
    ],
    [
      'an adjustment that takes off a part',
      { oomScoreAdj: -50 },
      'Uses 3.0 GiB, 7.5% of memory and swap; its oom_score_adj of -50 takes 2.0 GiB off.',
    ],
    [
      'an adjustment that takes off more than there is',
      { oomScoreAdj: -500 },
      'Uses 3.0 GiB, 7.5% of memory and swap; its oom_score_adj of -500 takes 20.0 GiB off, more than it uses.',
    ],
    [
      'the minimum',
      { oomScoreAdj: -1000 },
      'Uses 3.0 GiB, but the kernel never kills it: its oom_score_adj is -1000.',
    ],
    [
      'a process that is mostly swapped out',
      { rssPages: GIB_PAGES, swapPages: 3 * GIB_PAGES },
      'Uses 4.0 GiB (3.0 GiB swapped out), 10.0% of memory and swap.',
    ],
    [
      'a process of many page tables and shared memory',
      { pageTablePages: 2 * GIB_PAGES, rssShmemPages: 3 * GIB_PAGES },
      'Uses 5.0 GiB (2.0 GiB in page tables, 3.0 GiB shared with others), 12.5% of memory and swap.',
    ],
    [
      'an adjustment in a limit below 1000 pages',
      { oomScoreAdj: 500, adjustmentPages: 0 },
      'Uses 3.0 GiB, 7.5% of memory and swap; its oom_score_adj of +500 changes nothing in a limit this small.',
    ],
  ])('tells of %s', (_, over, sentence) => {
    expect(explain(over)).toBe(sentence);
  });

  it('speaks of the limit inside a cgroup', () => {
    const sentence = en.explainSentence(facts(), 4 * GIB_PAGES, PAGE, { kind: 'cgroup', path: '/box' });
    expect(sentence).toBe('Uses 3.0 GiB, 75.0% of the limit.');
  });

  it('does not speak of swap where there is none', () => {
    const sentence = en.explainSentence(facts(), TOTAL_PAGES, PAGE, { kind: 'global' }, false);
    expect(sentence).toBe('Uses 3.0 GiB, 7.5% of memory.');
  });

  it('always is one sentence with the size in it', () => {
    const pages = fc.integer({ min: 0, max: TOTAL_PAGES });
    fc.assert(
      fc.property(pages, pages, pages, fc.integer({ min: -1000, max: 1000 }), (rss, swap, tables, adj) => {
        const sentence = explain({
          rssPages: rss,
          swapPages: swap,
          pageTablePages: tables,
          oomScoreAdj: adj,
        });
        expect(sentence).toMatch(/^Uses (0|[\d.]+ (bytes|KiB|MiB|GiB|TiB))[ ,.].*\.$/);
        expect(sentence).not.toMatch(/NaN|undefined|Infinity| {2}/);
      }),
    );
  });
});

function place(rank: number, over: Partial<OrderEntry>): OrderEntry {
  return {
    ...facts(),
    rank,
    freesPages: 0,
    freedSoFarPages: 0,
    diesWith: [],
    endsWith: [],
    certain: true,
    ...over,
  };
}

function order(entries: readonly OrderEntry[], over: Partial<KillOrderView> = {}): KillOrderView {
  return {
    scope: { kind: 'global' },
    totalPages: TOTAL_PAGES,
    outcome: 'kills',
    entries,
    eligibleCount: entries.length,
    either: entries.slice(0, 1).map(({ pid }) => pid),
    errorPages: 0,
    protectedCount: 0,
    protectedPages: 0,
    protectedLargest: [],
    ...over,
  };
}

describe('marginSentence', () => {
  const second = place(2, { pid: 4712, name: 'postgres' });
  const margin = (view: KillOrderView) => plain(en.marginSentence(view, PAGE));

  it('says how far the next one is behind', () => {
    expect(margin(order([place(1, { marginPages: GIB_PAGES }), second]))).toBe(
      'Certain: the next, postgres, has 1.0 GiB less badness.',
    );
  });

  it('claims nothing where no process is killed', () => {
    const view = order([place(1, { marginPages: GIB_PAGES }), second], { outcome: 'panics' });
    expect(margin(view)).toBe('The next is postgres, with 1.0 GiB less badness.');
  });

  it('is certain only of those in sight where others are hidden', () => {
    const view = order([place(1, { marginPages: GIB_PAGES }), second]);
    expect(plain(en.marginSentence(view, PAGE, 'visible'))).toBe(
      'First of the visible processes: the next, postgres, has 1.0 GiB less badness.',
    );
  });

  it('is not certain where another killer or a cgroup may come before', () => {
    const view = order([place(1, { marginPages: GIB_PAGES }), second]);
    expect(plain(en.marginSentence(view, PAGE, 'kernel'))).toBe(
      'If the kernel chooses here, it takes this one: the next, postgres, has 1.0 GiB less badness.',
    );
  });

  it('calls a namesake another one', () => {
    const namesake = place(2, { pid: 4712 });
    expect(margin(order([place(1, { marginPages: 1024 }), namesake]))).toContain(
      'the next, another java, has 4.0 MiB less badness',
    );
  });

  it('says that equals go by the kernel’s list', () => {
    expect(margin(order([place(1, { marginPages: 0 }), second]))).toContain('has the same badness');
  });

  it('says that there is no other', () => {
    expect(margin(order([place(1, {})]))).toBe('No other process can be killed instead.');
  });

  it('says nothing of an empty order', () => {
    expect(margin(order([]))).toBe('');
  });

  it('never shows a coin toss as a fact', () => {
    const view = order([place(1, { marginPages: 3, certain: false }), second], {
      either: [4711, 4712],
      errorPages: 512,
    });
    expect(margin(view)).toBe(
      'java 4711 or postgres 4712: too close to tell. They differ by less than the 512 pages (2.0 MiB) that the kernel’s counters can be off by.',
    );
  });

  it('names two of many and counts the rest', () => {
    const view = order([place(1, { certain: false }), second], { either: [4711, 4712, 4713, 4714] });
    expect(margin(view)).toContain('java 4711, postgres 4712 or one of 2 more: too close to tell');
  });
});

describe('diesWithSentence', () => {
  const named = (pid: number, name: string) => ({ pid, startTicks: 1, name });

  it.each([
    [[], 'nothing else is killed'],
    [[named(1, 'redis')], '1 more process is killed with it: redis'],
    [[named(1, 'redis'), named(2, 'redis')], '2 more processes are killed with it: redis'],
    [[named(1, 'a'), named(2, 'b'), named(3, 'c')], '3 more processes are killed with it: a, b and more'],
  ])('tells of %j', (diesWith, sentence) => {
    expect(en.diesWithSentence(diesWith)).toBe(sentence);
  });
});

describe('staysSentence', () => {
  it('warns that shared and mapped memory is not freed', () => {
    const entry = place(1, { rssFilePages: GIB_PAGES, rssShmemPages: GIB_PAGES });
    expect(en.staysSentence(entry, PAGE)).toBe('2.0 GiB stay: files and shared memory');
  });

  it('is silent where next to nothing stays', () => {
    expect(en.staysSentence(place(1, { rssFilePages: 100 }), PAGE)).toBe('');
  });
});

describe('nameOf', () => {
  it('makes a hostile name harmless and short', () => {
    expect(en.nameOf({ name: '\u001b[2Jroot\u202e' })).toBe('\\x1b[2Jroot\\u202e');
    expect(en.nameOf({ name: '\n'.repeat(15) }).length).toBeLessThanOrEqual(32);
    expect(en.nameOf({ name: ' ' })).toBe('(no name)');
  });
});

describe('growthSentence', () => {
  it.each([
    [18 * 1024 * 1024, 'grows by 18.0 MiB a minute'],
    [-2048 * 1024, 'shrinks by 2.0 MiB a minute'],
    [100, 'keeps its size'],
  ])('tells %d bytes a minute', (bytes, sentence) => {
    expect(en.growthSentence(bytes)).toBe(sentence);
  });
});

describe('protectSentence', () => {
  it('names the number to set and what it brings', () => {
    const room = { bytes: 800 * 2 ** 20 };
    expect(plain(en.protectSentence({ behind: 5, oomScoreAdj: 49, room }, 300))).toBe(
      'oom_score_adj +49 (now +300) moves it behind the next 5, with room to grow by 800 MiB.',
    );
    const hour = { bytes: 1.2 * 2 ** 30, growthBytesPerMinute: 20 * 2 ** 20 };
    expect(plain(en.protectSentence({ behind: 1, oomScoreAdj: -3, room: hour }, 0))).toBe(
      'oom_score_adj -3 (now 0) moves it behind the next one, with room for an hour of its growth (1.2 GiB).',
    );
  });
});

describe('adjustmentLabel', () => {
  it('names the program that set it, where that is known', () => {
    expect(en.adjustmentLabel(facts({ oomScoreAdj: 300, adjustedBy: 'chromium' }))).toBe('+300 by Chromium');
    expect(en.adjustmentLabel(facts({ oomScoreAdj: -17 }))).toBe('-17');
  });
});
