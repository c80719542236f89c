import { describe, expect, it } from 'vitest';
import { chooseFront, hasDisplay, whyNoSandbox } from '../../../scripts/front.ts';

const DESK = { args: [], uid: 1000, env: { DISPLAY: ':0' }, isWsl: false } as const;

describe('chooseFront', () => {
  it.for([
    { what: 'X11', facts: DESK },
    { what: 'Wayland', facts: { ...DESK, env: { WAYLAND_DISPLAY: 'wayland-0' } } },
    { what: 'WSLg', facts: { ...DESK, isWsl: true } },
    { what: 'a start at login', facts: { ...DESK, args: ['--hidden'] } },
  ])('opens the window on $what', ({ facts }) => {
    expect(chooseFront(facts)).toEqual({ kind: 'window' });
  });

  it.for([
    { what: 'root', facts: { ...DESK, uid: 0 }, why: 'a window never runs as root' },
    { what: 'no display', facts: { ...DESK, env: {} }, why: 'there is no display' },
    { what: 'an empty display', facts: { ...DESK, env: { DISPLAY: '' } }, why: 'there is no display' },
    {
      what: 'WSL without windows',
      facts: { ...DESK, env: {}, isWsl: true },
      why: 'this WSL shows no windows',
    },
    { what: 'root in WSL', facts: { ...DESK, uid: 0, env: {}, isWsl: true }, why: 'never runs as root' },
  ])('serves the page for $what, and says why', ({ facts, why }) => {
    expect(chooseFront(facts)).toEqual({ kind: 'page', why: expect.stringContaining(why) as string });
  });

  it.for([['--page'], ['--port', '8080'], ['--allow-changes'], ['--hidden', '--port', '0']])(
    'serves the page that was asked for by %s, without a word',
    (args) => {
      expect(chooseFront({ ...DESK, args, uid: 0 })).toEqual({ kind: 'page' });
    },
  );
});

describe('hasDisplay', () => {
  it.for([
    { env: { DISPLAY: ':0' }, is: true },
    { env: { WAYLAND_DISPLAY: 'wayland-0', DISPLAY: '' }, is: true },
    { env: { WAYLAND_DISPLAY: '' }, is: false },
    { env: {}, is: false },
  ])('is $is with $env', ({ env, is }) => {
    expect(hasDisplay(env)).toBe(is);
  });
});

describe('whyNoSandbox', () => {
  it.for([
    { hasSetuidHelper: false },
    { hasSetuidHelper: false, maxUserNamespaces: '63000', usernsClone: '1', apparmorRestricts: '0' },
    { hasSetuidHelper: true, maxUserNamespaces: '0', usernsClone: '0', apparmorRestricts: '1' },
  ])('has nothing against %o', (facts) => {
    expect(whyNoSandbox(facts)).toBeUndefined();
  });

  it.for([
    { facts: { apparmorRestricts: '1' }, name: 'kernel.apparmor_restrict_unprivileged_userns=1' },
    { facts: { usernsClone: '0' }, name: 'kernel.unprivileged_userns_clone=0' },
    { facts: { maxUserNamespaces: '0' }, name: 'user.max_user_namespaces=0' },
  ])('names $name, and the packages', ({ facts, name }) => {
    const why = whyNoSandbox({ hasSetuidHelper: false, ...facts });
    expect(why).toContain(name);
    expect(why).toContain('deb or rpm');
  });
});
