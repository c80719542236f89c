import { type Channel } from '#shared/contract/channel.ts';

/** One end of an in-memory line, and what it knows of the other. */
interface End {
  readonly listeners: Set<(message: unknown) => void>;
  readonly closers: Set<() => void>;
}

/**
 * Two ends of one line inside this process. Messages are copied by `structuredClone`, so what cannot cross a real line throws here as
 * well, and they arrive after the sender has gone on, as they would there. Closing either end closes both.
 */
export function createChannelPair(): readonly [Channel, Channel] {
  const left: End = { listeners: new Set(), closers: new Set() };
  const right: End = { listeners: new Set(), closers: new Set() };
  let closed = false;

  function close(): void {
    if (closed) return;
    closed = true;
    queueMicrotask(() => {
      for (const closer of [...left.closers, ...right.closers]) closer();
    });
  }

  function channel(own: End, other: End): Channel {
    return {
      send(message) {
        if (closed) return;
        const copy: unknown = structuredClone(message);
        queueMicrotask(() => {
          if (closed) return;
          for (const listener of other.listeners) listener(copy);
        });
      },
      onMessage(listener) {
        own.listeners.add(listener);
      },
      onClose(listener) {
        own.closers.add(listener);
      },
      close,
    };
  }

  return [channel(left, right), channel(right, left)];
}
