import { describe, expect, it } from 'vitest';
import { containerInPath } from '#shared/containers/container-in-path.ts';
import { type Container } from '#shared/model/owners/container.ts';
import { type NamedScope } from '#shared/model/scope.ts';
import { type ObservedCgroup } from '../../../../../src-main/collect/snapshot.ts';
import { scopeNamed } from '../../../../../src-main/engine/watch/scopes/named-scope.ts';
import { idOf } from '../../../../helpers/containers/fake-engine.ts';

const DB = `/docker/${idOf(1)}`;
const WEB = `/docker/${idOf(2)}`;
const OTHER_WEB = `/machine.slice/libpod-${idOf(3)}.scope`;
const POD = '/kubepods/burstable/pod3f2c1a9e-0e9b-4a0f-8a53-2d0f3c1f7a11';
const APP =
  '/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-org.mozilla.firefox-3117.scope';

const compose = (service: string) => ({ project: 'shop', service, number: 1 });
const KNOWN: Readonly<Record<string, Partial<Container>>> = {
  [DB]: { name: 'shop-db-1', compose: compose('db') },
  [WEB]: { name: 'web', compose: compose('web') },
  [OTHER_WEB]: { name: 'web' },
  [`${POD}/${idOf(4)}`]: { name: 'p/a', pod: { name: 'web-7d4b', namespace: 'shop' } },
  [`${POD}/${idOf(5)}`]: { name: 'p/b', pod: { name: 'web-7d4b', namespace: 'shop' } },
};

const PATHS = ['/docker', `${DB}/init.scope`, ...Object.keys(KNOWN), POD, APP, '/system.slice/cron.service'];
const cgroups = new Map(PATHS.map((path) => [path, { path } as ObservedCgroup]));

function of(path: string): Container | undefined {
  const base = containerInPath(path);
  const top = Object.keys(KNOWN).find((known) => path.startsWith(known));
  return base === undefined ? undefined : { ...base, ...KNOWN[top ?? ''] };
}

function meant(what: NamedScope['what'], name: string) {
  return scopeNamed({ cgroups }, { of }, { kind: 'named', what, name });
}

describe('a scope by its name', () => {
  it.each([
    ['container', 'shop-db-1', DB],
    ['container', idOf(1).slice(0, 12), DB],
    ['container', `podman:${idOf(3).slice(0, 12)}`, OTHER_WEB],
    ['compose', 'shop/db', DB],
    ['pod', 'web-7d4b', POD],
    ['pod', 'shop/web-7d4b', POD],
    ['app', 'org.mozilla.firefox', APP],
    ['app', 'Firefox', APP],
  ] as const)('%s:%s is one cgroup', (what, name, path) => {
    expect(meant(what, name)).toEqual({ ok: true, value: { kind: 'cgroup', path } });
  });

  it('that several containers have is told apart by their cgroups', () => {
    expect(meant('container', 'web')).toMatchObject({
      error: { code: 'ambiguous', facts: { choices: [`cgroup:${WEB}`, `cgroup:${OTHER_WEB}`] } },
    });
  });

  it('of a project with several containers lists them: it has no cgroup of its own', () => {
    expect(meant('compose', 'shop')).toMatchObject({
      error: { code: 'ambiguous', facts: { choices: ['container:shop-db-1', 'container:web'] } },
    });
  });

  it('that nothing has lists what there is', () => {
    expect(meant('compose', 'nothing')).toMatchObject({
      error: { code: 'not-found', facts: { name: 'compose:nothing', others: ['compose:shop'] } },
    });
    expect(meant('app', 'cron')).toMatchObject({ error: { facts: { others: ['app:org.mozilla.firefox'] } } });
  });
});
