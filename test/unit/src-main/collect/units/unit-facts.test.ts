import { describe, expect, it } from 'vitest';
import { type UnitFacts } from '#shared/killers/systemd.ts';
import { type Unit } from '#shared/model/unit.ts';
import { parseShow, parseVersion } from '../../../../../src-main/collect/units/parse-show.ts';
import { UnitFactsCache } from '../../../../../src-main/collect/units/unit-facts.ts';

const NGINX: Unit = { manager: 'system', name: 'nginx.service' };
const MINE: Unit = { manager: 'user:1000', name: 'nginx.service' };
const FACTS: UnitFacts = { oomPolicy: 'continue', killMode: 'process', sendSigkill: true, presumed: false };

/** As `systemctl show` of systemd 252 prints it for two units. */
const SHOWN = `MainPID=812
OOMPolicy=continue
KillMode=mixed
SendSIGKILL=no
Id=nginx.service
LoadState=loaded

KillMode=control-group
SendSIGKILL=yes
Id=run-1.scope
LoadState=loaded
`;

describe('parseShow', () => {
  it('reads one unit after the other, in the order in which they were named', () => {
    expect([...parseShow(SHOWN, ['web.service', 'run-1.scope'], 252)]).toEqual([
      [
        'web.service',
        { oomPolicy: 'continue', killMode: 'mixed', sendSigkill: false, mainPid: 812, presumed: false },
      ],
      ['run-1.scope', { oomPolicy: 'stop', killMode: 'control-group', sendSigkill: true, presumed: false }],
    ]);
  });

  it('knows what scopes did before they had the property', () => {
    expect(parseShow(SHOWN, ['a.service', 'b.scope'], 251).get('b.scope')?.oomPolicy).toBe('continue');
    expect(parseShow(SHOWN, ['a.service', 'b.scope']).get('b.scope')).toBeUndefined();
    expect(['252.38-1~deb12u1', 'v255.4-1ubuntu8', '257\n', 'none'].map(parseVersion)).toEqual([
      252,
      255,
      257,
      undefined,
    ]);
  });

  it('says nothing where the answer is for other units than those that were named', () => {
    expect(parseShow(SHOWN, ['a.service']).size).toBe(0);
    expect(parseShow('', ['a.service']).size).toBe(0);
  });
});

describe('UnitFactsCache', () => {
  it('asks each manager once for many units, and again only when the answer is old', async () => {
    let nowMs = 0;
    const asked: string[] = [];
    const cache = new UnitFactsCache(
      (manager, names) => {
        asked.push(`${manager} ${names.join()}`);
        return Promise.resolve(new Map(manager === 'system' ? names.map((name) => [name, FACTS]) : []));
      },
      () => nowMs,
    );
    expect(cache.of(NGINX)).toMatchObject({ oomPolicy: 'stop', presumed: true });
    await cache.ensure([NGINX, MINE]);
    await cache.ensure([NGINX, MINE]);
    expect(asked).toEqual(['system nginx.service', 'user:1000 nginx.service']);
    expect(cache.of(NGINX)).toEqual(FACTS);
    expect(cache.of(MINE).presumed).toBe(true);
    nowMs += 11 * 60_000;
    await cache.ensure([NGINX]);
    expect(asked.length).toBe(3);
  });

  it('asks again for a unit that is said to be outdated, but not at once', async () => {
    let nowMs = 0;
    let count = 0;
    const cache = new UnitFactsCache(
      (_, names) => {
        count += 1;
        return Promise.resolve(new Map(names.map((name) => [name, { ...FACTS, mainPid: count }])));
      },
      () => nowMs,
    );
    await cache.ensure([NGINX]);
    cache.outdated(NGINX);
    await cache.ensure([NGINX]);
    expect(cache.of(NGINX).mainPid).toBe(1);
    nowMs += 60_000;
    cache.outdated(NGINX);
    await cache.ensure([NGINX]);
    expect(cache.of(NGINX).mainPid).toBe(2);
  });

  it('presumes where there is no answer', async () => {
    const cache = new UnitFactsCache(() => Promise.resolve(undefined));
    await cache.ensure([NGINX]);
    expect(cache.of(NGINX)).toMatchObject({ oomPolicy: 'stop', presumed: true });
  });
});
