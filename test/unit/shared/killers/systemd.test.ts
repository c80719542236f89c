import { describe, expect, it } from 'vitest';
import { presumedFacts, unitStop, type KillMode, type UnitFacts } from '#shared/killers/systemd.ts';
import { type OomPolicy } from '#shared/model/kill-order.ts';
import { type Unit } from '#shared/model/unit.ts';

const SERVICE: Unit = { manager: 'system', name: 'a.service' };
const SCOPE: Unit = { manager: 'user:1000', name: 'app-a-1.scope' };

function stops(
  unit: Unit,
  oomPolicy: OomPolicy,
  killMode: KillMode,
  more: Partial<UnitFacts> = {},
  killed = 20,
) {
  const facts = { oomPolicy, killMode, sendSigkill: true, presumed: false, ...more };
  const stop = unitStop(unit, facts, new Set([killed]), true);
  return stop === undefined ? 'nothing' : `${stop.ends}, ${stop.why}`;
}

describe('what systemd does after a kill in a unit', () => {
  it.each([
    ['stop', 'control-group', 'all, oom-policy'],
    ['stop', 'mixed', 'all, oom-policy'],
    ['stop', 'process', 'main, oom-policy'],
    ['stop', 'none', 'nothing'],
    ['kill', 'control-group', 'all, oom-policy'],
    ['continue', 'control-group', 'nothing'],
  ] as const)('in a service with OOMPolicy=%s and KillMode=%s it ends %s', (policy, mode, ends) => {
    expect(stops(SERVICE, policy, mode, { mainPid: 10 })).toBe(ends);
  });

  it.each([
    ['continue', 'control-group', 'all, main-process'],
    ['continue', 'mixed', 'all, main-process'],
    ['continue', 'process', 'nothing'],
    ['stop', 'process', 'nothing'],
  ] as const)('whose main process was killed, with %s and %s, it ends %s', (policy, mode, ends) => {
    expect(stops(SERVICE, policy, mode, { mainPid: 20 })).toBe(ends);
  });

  it.each([
    ['stop', 'control-group', 'all, oom-policy'],
    ['stop', 'process', 'nothing'],
    ['stop', 'mixed', 'all, oom-policy'],
    ['continue', 'control-group', 'nothing'],
  ] as const)('in a scope, which has no main process, with %s and %s it ends %s', (policy, mode, ends) => {
    expect(stops(SCOPE, policy, mode)).toBe(ends);
  });

  it('does not hear of kills by cgroup v1, and stops a service with its main process all the same', () => {
    const facts = { ...presumedFacts(SERVICE), mainPid: 10 };
    expect(unitStop(SERVICE, facts, new Set([20]), false)).toBeUndefined();
    expect(unitStop(SERVICE, facts, new Set([10]), false)).toEqual({ why: 'main-process', ends: 'all' });
  });
});

describe('what is presumed where systemd cannot be asked', () => {
  it.each([
    ['nginx.service', 'stop', 'control-group'],
    ['app-gnome-firefox-12.scope', 'stop', 'control-group'],
    ['session-3.scope', 'continue', 'control-group'],
    ['user@1000.service', 'continue', 'control-group'],
    [`docker-${'4f6e'.repeat(16)}.scope`, 'continue', 'control-group'],
    ['vte-spawn-1b.scope', 'stop', 'process'],
  ])('of %s is %s and %s', (name, oomPolicy, killMode) => {
    expect(presumedFacts({ manager: 'system', name })).toMatchObject({ oomPolicy, killMode, presumed: true });
  });
});
