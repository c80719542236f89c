import { describe, expect, it } from 'vitest';
import { type ProcessFacts } from '#shared/model/process.ts';
import { homeOf } from '../../../../src-renderer/next/detail/process-home.ts';
import { percentOf } from '../../../../src-renderer/controls/share.ts';

const home = ({ container, unit }: { container?: string; unit?: string }) => {
  const parts = {
    ...(container === undefined ? {} : { container }),
    ...(unit === undefined ? {} : { unit: { manager: 'system', name: unit } }),
  };
  return homeOf(parts as ProcessFacts);
};

describe('homeOf', () => {
  it('prefers the container, with as much of its id as people know', () => {
    expect(home({ container: `docker:${'4f6e'.repeat(16)}`, unit: 'docker.service' })).toBe(
      'docker:4f6e4f6e4f6e',
    );
    expect(home({ unit: 'ssh.service' })).toBe('ssh.service');
    expect(home({})).toBeUndefined();
  });

  it('makes what is hostile harmless', () => {
    expect(home({ unit: '\u001b[2J.scope' })).toBe('\\x1b[2J.scope');
  });
});

describe('percentOf', () => {
  it.each([
    [1, 2, '50.0%'],
    [1, 1_000_000, '0.5%'],
    [0, 10, '0.0%'],
    [5, 0, '0%'],
    [0.501, 1, '50.0%'],
  ])('%d of %d is %s', (part, whole, width) => {
    expect(percentOf(part, whole)).toBe(width);
  });
});
