import { describe, expect, it } from 'vitest';
import { isStartingUnit, templateOf } from '#shared/model/unit.ts';
import { sectionOf } from '#shared/format/drop-in.ts';

describe('isStartingUnit', () => {
  it.for([
    'nginx.service',
    'getty@tty1.service',
    'getty@.service',
    'dev-disk-by\\x2dlabel-swap.swap',
    '-.mount',
    'a:b_c.socket',
    `${'a'.repeat(245)}.service`,
  ])('is true of %s', (name) => {
    expect(isStartingUnit(name)).toBe(true);
  });

  it.for([
    '',
    '.service',
    '..service',
    '.a.service',
    'a',
    'a.slice',
    'a.scope',
    'a.timer',
    'a.service.d',
    'a/b.service',
    '../a.service',
    'a b.service',
    'a.service\n',
    'ä.service',
    'a@b@c.service',
    'a\0.service',
    `${'a'.repeat(246)}.service`,
  ])('is false of %j', (name) => {
    expect(isStartingUnit(name)).toBe(false);
  });
});

describe('sectionOf', () => {
  it.for([
    ['a.service', 'Service'],
    ['a.socket', 'Socket'],
    ['-.mount', 'Mount'],
    ['a.service.swap', 'Swap'],
  ] as const)('of %s is %s', ([name, section]) => {
    expect(sectionOf(name)).toBe(section);
  });

  it('throws for what has none', () => {
    expect(() => sectionOf('a.slice')).toThrow(RangeError);
  });
});

describe('templateOf', () => {
  it.for([
    ['getty@tty1.service', 'getty@.service'],
    ['getty@.service', undefined],
    ['nginx.service', undefined],
  ] as const)('of %s is %s', ([name, template]) => {
    expect(templateOf(name)).toBe(template);
  });
});
