import { type ContainerNames } from '#shared/contract/watch.ts';
import { type ContainerRegistry } from './registry.ts';

/** Many containers start at once where a machine comes up: clients hear of them together. */
const TOGETHER_MS = 250;

/** Sends the names that are learned, a few times a second at most. Returns the way to end that. */
export function announceNames(registry: ContainerRegistry, send: (news: ContainerNames) => void): () => void {
  const waiting = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  const end = registry.onName((id, name) => {
    waiting.set(id, name);
    timer ??= setTimeout(() => {
      timer = undefined;
      send({ names: [...waiting].map(([id, name]) => ({ id, name })), access: registry.access() });
      waiting.clear();
    }, TOGETHER_MS).unref();
  });
  return () => {
    end();
    clearTimeout(timer);
  };
}
