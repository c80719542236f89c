import { describe, expect, it } from 'vitest';
import { containerInPath } from '#shared/containers/container-in-path.ts';
import { type Container } from '#shared/model/owners/container.ts';
import { type ScopeSummary } from '#shared/model/scope.ts';
import { scopePage } from '../../../../../src-main/engine/watch/scope-summaries.ts';
import { idOf } from '../../../../helpers/containers/fake-engine.ts';

const PATH = `/docker/${idOf(1)}`;
const scope = { path: PATH, label: 'shop-db-1' } as ScopeSummary;

function of(path: string): Container | undefined {
  const base = containerInPath(path);
  const compose = { project: 'shop', service: 'db', number: 1 };
  return base === undefined ? undefined : { ...base, image: 'postgres:16', compose };
}

describe('a search over scopes', () => {
  it.each([
    ['SHOP-db', 1],
    ['postgres', 1],
    [' shop ', 1],
    [idOf(1).slice(0, 12), 1],
    ['mysql', 0],
  ])('for "%s" finds %i', (query, total) => {
    const range = { query, sort: 'fullness', from: 0, count: 10 } as const;
    expect(scopePage([scope], range, { of }).total).toBe(total);
  });
});
