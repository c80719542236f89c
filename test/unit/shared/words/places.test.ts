import { describe, expect, it } from 'vitest';
import { homeOf } from '../../../../src-renderer/next/detail/process-home.ts';
import { labelOf } from '#shared/kernel/cgroup/names.ts';
import { type ProcessFacts } from '#shared/model/process.ts';
import { cgroupName } from '#shared/words/en/cgroup-name.ts';
import { fail } from '#shared/result.ts';
import { type RulePreview, severalPlaces } from '#shared/model/rule.ts';
import { wordsFor } from '#shared/words/index.ts';

const words = wordsFor('en');
const container = `docker:${'c0ffee'.repeat(10)}beef`;
const host = { pid: 1, startTicks: 1, name: 'db', oomScoreAdj: 0 };
const inside = (pid: number) => ({ ...host, pid, container });

describe('a container', () => {
  it('has one name wherever it is named: the one that can be typed', () => {
    const path = `/docker/${container.slice('docker:'.length)}`;
    const lasting = { kind: 'container', container, runtime: 'docker', flag: '-f', compose: 'c' } as const;
    const said = [
      labelOf(path),
      cgroupName(path),
      homeOf({ container } as ProcessFacts) ?? '',
      words.changes.targetText({ kind: 'container', container }),
      words.ruleChanges.effectLine({ ...host, container, before: 0, after: 10 }),
      words.changes.lastingPlanSentence({ lasting, oomScoreAdj: 1, count: 1 }),
      words.failure(fail('not-found', { what: 'container', name: 'x', others: [container] }).error).hint ??
        '',
      words.changes.warningSentence({ kind: 'several-places', places: severalPlaces([host, inside(2)]) }),
    ];
    for (const text of said) expect(text).toMatch(/(^|[ ])docker:c0ffeec0ffee(?![0-9a-f])/);
  });
});

describe('processes of the host and of a container', () => {
  it('are one place where all run on the host, or all in one container', () => {
    expect(severalPlaces([host, { ...host, pid: 2 }])).toEqual([]);
    expect(severalPlaces([inside(1), inside(2)])).toEqual([]);
    expect(severalPlaces([])).toEqual([]);
  });

  it('are told apart, one answer for each place', () => {
    const places = severalPlaces([host, inside(2), inside(3), { ...inside(4), container: 'lxc:web' }]);
    expect(words.changes.warningSentence({ kind: 'several-places', places })).toBe(
      'They run in 3 places: 1 on the host (1), 2 in docker:c0ffeec0ffee (2, 3), 1 in lxc:web (4).',
    );
    expect(words.ruleChanges.keep.places(severalPlaces([host, ...[2, 3, 4, 5].map(inside)]))).toBe(
      'They run in 2 places: 1 on the host (1), 4 in docker:c0ffeec0ffee.',
    );
  });

  it('are a warning before a rule is added, and none when it is removed', () => {
    const rule = { matches: [host, inside(2)] } as unknown as RulePreview['rule'];
    expect(words.ruleChanges.ruleWarning({ does: 'add', rule })).toBe(
      'They run in 2 places: 1 on the host (1), 1 in docker:c0ffeec0ffee (2).',
    );
    expect(words.ruleChanges.ruleWarning({ does: 'remove', rule })).toBeUndefined();
  });
});
