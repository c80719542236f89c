import { describe, expect, it } from 'vitest';
import { type Lasting } from '#shared/model/change.ts';
import { lastingFor } from '../../../../../../src-main/engine/change/adj/lasting.ts';
import { processIn, snapshotOf } from '../../../../../helpers/processes/process-sampler.ts';

const ID = 'b'.repeat(64);
const USER = '/user.slice/user-1000.slice/user@1000.service';

describe('lastingFor', () => {
  it.for<[string, Lasting]>([
    ['/system.slice/nginx.service', { kind: 'unit', unit: { manager: 'system', name: 'nginx.service' } }],
    [
      '/system.slice/nginx.service/worker',
      { kind: 'unit', unit: { manager: 'system', name: 'nginx.service' } },
    ],
    [
      `${USER}/app.slice/emacs.service`,
      { kind: 'unit', unit: { manager: 'user:1000', name: 'emacs.service' } },
    ],
    [USER, { kind: 'unit', unit: { manager: 'system', name: 'user@1000.service' } }],
    // The user manager itself.
    [`${USER}/init.scope`, { kind: 'unit', unit: { manager: 'system', name: 'user@1000.service' } }],
    [`${USER}/app.slice/app-firefox-1.scope`, { kind: 'rule', name: 'it' }],
    ['/user.slice/user-1000.slice/session-2.scope', { kind: 'rule', name: 'it' }],
    ['/', { kind: 'rule', name: 'it' }],
    [
      `/system.slice/docker-${ID}.scope`,
      {
        kind: 'container',
        container: `docker:${ID}`,
        runtime: 'docker',
        flag: '--oom-score-adj=-250',
        compose: 'oom_score_adj: -250',
      },
    ],
    ['/lxc.payload.web', { kind: 'container', container: 'lxc:web', runtime: 'lxc' }],
    [
      `/kubepods.slice/kubepods-podab.slice/crio-${ID}.scope`,
      { kind: 'container', container: `cri-o:${ID}`, runtime: 'cri-o' },
    ],
  ])('a process in %s lasts by %o', ([cgroup, expected]) => {
    const snapshot = snapshotOf({ processes: [{ pid: 10, name: 'it', cgroup, rssAnonPages: 10 }] });
    expect(lastingFor(processIn(snapshot, 10), -250)).toEqual(expected);
  });
});
