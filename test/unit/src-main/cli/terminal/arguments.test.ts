import { InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  nameArgument,
  pidArgument,
  scopeArgument,
  signedNumber,
  wholeNumber,
} from '../../../../../src-main/cli/terminal/arguments.ts';

describe('wholeNumber', () => {
  it('takes every whole number within its bounds, and no other', () => {
    const parse = wholeNumber(5, 5000);
    fc.assert(
      fc.property(fc.integer({ min: -10_000, max: 10_000 }), (value) => {
        if (value >= 5 && value <= 5000) expect(parse(String(value))).toBe(value);
        else expect(() => parse(String(value))).toThrow(InvalidArgumentError);
      }),
    );
  });

  it.for(['', ' ', '1.5', '1e3', '0x10', '+7', ' 7', '7 ', '٣', '1,000', 'Infinity', '9'.repeat(40)])(
    'refuses "%s"',
    (text) => {
      expect(() => wholeNumber(0, 1e9)(text)).toThrow('It must be a whole number from 0 to 1000000000.');
    },
  );
});

describe('signedNumber', () => {
  it.for([
    { text: '-1000', value: -1000 },
    { text: '+300', value: 300 },
    { text: '0', value: 0 },
    { text: '17', value: 17 },
  ])('takes $text', ({ text, value }) => {
    expect(signedNumber(-1000, 1000)(text)).toBe(value);
  });

  it.for(['-1001', '+1001', '--5', '5-', '', '−5'])('refuses "%s"', (text) => {
    expect(() => signedNumber(-1000, 1000)(text)).toThrow(InvalidArgumentError);
  });
});

describe('pidArgument', () => {
  it('goes as far as pids go', () => {
    expect(pidArgument('4194304')).toBe(4_194_304);
    expect(() => pidArgument('4194305')).toThrow(InvalidArgumentError);
    expect(() => pidArgument('0')).toThrow(InvalidArgumentError);
  });
});

describe('scopeArgument', () => {
  it('knows the whole machine', () => {
    expect(scopeArgument('global')).toEqual({ kind: 'global' });
  });

  it.for([
    { text: 'container:shop-db-1', what: 'container', name: 'shop-db-1' },
    { text: 'container:docker:16c48c5e68ad', what: 'container', name: 'docker:16c48c5e68ad' },
    { text: 'compose:shop/db', what: 'compose', name: 'shop/db' },
    { text: 'pod:shop/web-1', what: 'pod', name: 'shop/web-1' },
    { text: 'app:firefox', what: 'app', name: 'firefox' },
  ])('keeps a name to be looked up: $text', ({ text, what, name }) => {
    expect(scopeArgument(text)).toEqual({ kind: 'named', what, name });
  });

  it.for(['container:', 'app:', 'swarm:x', 'constructor:x'])('refuses "%s"', (text) => {
    expect(() => scopeArgument(text)).toThrow(InvalidArgumentError);
  });

  it.for([
    { text: 'cgroup:/docker/4f6e', path: '/docker/4f6e' },
    { text: 'cgroup:docker/4f6e/', path: '/docker/4f6e' },
    { text: 'cgroup://a//b', path: '/a/b' },
    { text: 'cgroup:/', path: '/' },
    { text: 'cgroup:/sys/fs/cgroup/user.slice', path: '/user.slice' },
    { text: 'cgroup:/sys/fs/cgroup/memory/docker/4f6e', path: '/docker/4f6e' },
    { text: 'cgroup:/sys/fs/cgroupish', path: '/sys/fs/cgroupish' },
    { text: 'cgroup:/a:b c', path: '/a:b c' },
    { text: 'cgroup:/..a/...', path: '/..a/...' },
  ])('takes $text for $path', ({ text, path }) => {
    expect(scopeArgument(text)).toEqual({ kind: 'cgroup', path });
  });

  it.for(['', 'Global', 'cgroup', 'cgroup:', '/docker', 'cgroup:/a/../b', 'cgroup:/./a', 'cgroup:/a\0b'])(
    'refuses "%s"',
    (text) => {
      expect(() => scopeArgument(text)).toThrow(InvalidArgumentError);
    },
  );

  it('never names what lies outside of the mount', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[./a]{0,12}$/), (text) => {
        const path = (() => {
          try {
            const scope = scopeArgument(`cgroup:${text}`);
            return scope.kind === 'cgroup' ? scope.path : 'global';
          } catch (error) {
            if (error instanceof InvalidArgumentError) return '/refused';
            throw error;
          }
        })();
        expect(path.startsWith('/')).toBe(true);
        expect(path.split('/')).not.toContain('..');
      }),
    );
  });
});

describe('nameArgument', () => {
  it('takes any name but an empty or an endless one', () => {
    expect(nameArgument(' a\u001b')).toBe(' a\u001b');
    expect(nameArgument('x'.repeat(300))).toHaveLength(300);
    expect(() => nameArgument('')).toThrow('It must not be empty.');
    expect(() => nameArgument('x'.repeat(301))).toThrow('It must have at most 300 characters.');
  });
});
