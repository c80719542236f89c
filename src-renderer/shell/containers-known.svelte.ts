import { nameContainers } from '#shared/containers/known-names.ts';
import { type Client } from '#shared/contract/client.ts';
import { type ContainerNames } from '#shared/contract/watch.ts';
import { type EngineAccess } from '#shared/model/owners/container.ts';

/** What the containers are called that sentences of the page name, and whether engines answer. */
export class ContainersKnown {
  access = $state.raw<readonly EngineAccess[]>([]);

  attach(client: Client): void {
    client.on('watch.containers', (news) => {
      this.#take(news);
    });
    void client.request('watch.containers', {}).then((result) => {
      if (result.ok) this.#take(result.value);
    });
  }

  #take({ names, access }: ContainerNames): void {
    nameContainers(names.map(({ id, name }) => [id, name] as const));
    this.access = access;
  }
}
