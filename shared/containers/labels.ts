import { type Container } from '../model/owners/container.ts';
import { longTextFrom, nameFrom, numberInText } from './engine-text.ts';

/** What belongs together by the labels that compose, swarm, kubelet and the tools for development containers set. */
export function groupsInLabels(
  labels: Readonly<Record<string, unknown>>,
): Pick<Container, 'compose' | 'pod' | 'devcontainer'> {
  return {
    compose: composeIn(labels),
    pod: podIn(labels),
    devcontainer: longTextFrom(labels['devcontainer.local_folder']),
  };
}

/** Docker Compose (`com.docker.compose.*`), podman-compose (`io.podman.compose.*`, beside Docker's), stacks of a swarm. */
function composeIn(labels: Readonly<Record<string, unknown>>): Container['compose'] {
  for (const family of ['com.docker.compose', 'io.podman.compose']) {
    const project = nameFrom(labels[`${family}.project`]);
    if (project === undefined) continue;
    const service = nameFrom(labels[`${family}.service`] ?? labels['com.docker.compose.service']);
    return { project, service, number: numberInText(labels['com.docker.compose.container-number']) };
  }
  const stack = nameFrom(labels['com.docker.stack.namespace']);
  if (stack === undefined) return undefined;
  const service = nameFrom(labels['com.docker.swarm.service.name']);
  const own = service?.startsWith(`${stack}_`) === true ? service.slice(stack.length + 1) : service;
  return { project: stack, service: own, number: undefined };
}

function podIn(labels: Readonly<Record<string, unknown>>): Container['pod'] {
  const name = nameFrom(labels['io.kubernetes.pod.name']);
  if (name === undefined) return undefined;
  return { name, namespace: nameFrom(labels['io.kubernetes.pod.namespace']) };
}
