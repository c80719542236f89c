import { describe, expect, it } from 'vitest';
import { containerInPath } from '#shared/containers/container-in-path.ts';
import { type EngineAccess } from '#shared/model/owners/container.ts';
import { engines } from '../../../../../src-main/engine/doctor/engines.ts';
import { idOf } from '../../../../helpers/containers/fake-engine.ts';

const docker = containerInPath(`/docker/${idOf(1)}`);
const podman = containerInPath(`/machine.slice/libpod-${idOf(2)}.scope`);
const lxc = containerInPath('/lxc.payload.web');

function outcome(containers: readonly (typeof docker)[], ...states: readonly EngineAccess['state'][]) {
  const access = states.map((state): EngineAccess => {
    return { engine: 'docker', address: '/run/docker.sock', state, apiVersion: undefined };
  });
  const all = containers.filter((container) => container !== undefined);
  return engines({ all: () => all, access: () => access }).outcome;
}

describe('the finding about names of containers', () => {
  it.each([
    ['no container runs', [], [], 'unneeded'],
    ['only LXC runs', [lxc], [], 'unneeded'],
    ['Docker answers', [docker], ['connected'], 'connected'],
    ['one of two sockets answers', [docker], ['denied', 'connected'], 'connected'],
    ['the socket refuses', [docker], ['denied'], 'denied'],
    ['the engine hangs', [docker], ['silent'], 'silent'],
    ['something else answers', [docker], ['malformed'], 'malformed'],
    ['the engine is elsewhere', [docker], ['remote'], 'remote'],
    ['there is no socket', [docker], [], 'no-socket'],
    ['Docker answers, but Podman has no socket', [docker, podman], ['connected'], 'no-socket'],
  ] as const)('where %s', (_, containers, states, expected) => {
    expect(outcome(containers, ...states)).toBe(expected);
  });
});
