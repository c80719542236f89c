import { type Container } from '#shared/model/owners/container.ts';

/** A container of Docker of which only this is known. */
export function containerWith(known: Partial<Container>): Container {
  return {
    id: '16c48c5e68ad'.padEnd(64, '0'),
    engine: 'docker',
    name: undefined,
    image: undefined,
    compose: undefined,
    pod: undefined,
    devcontainer: undefined,
    restartPolicy: undefined,
    restartCount: undefined,
    health: undefined,
    state: 'running',
    mainPid: undefined,
    limitsAsked: undefined,
    killsBefore: 0,
    ...known,
  };
}
