import { type Channel } from '#shared/contract/channel.ts';
import { createClient, type Client } from '#shared/contract/client.ts';
import { type Failure, type Result } from '#shared/result.ts';

/** A request as the other side receives it. */
export interface Asked {
  readonly id: number;
  readonly request: string;
  readonly input: unknown;
}

/** A client whose other side is the test: it sees each request and answers when it likes. */
export interface Pair {
  readonly client: Client;
  readonly channel: Channel;
  readonly asked: Asked[];
  /** Answers the oldest request that waits. */
  answer(value: unknown): Promise<void>;
  refuse(error: Failure): Promise<void>;
  emit(event: string, payload: unknown): void;
  /** The line breaks. */
  breakLine(): void;
}

export function createPair(): Pair {
  let onMessage: (message: unknown) => void = () => undefined;
  let onClose: () => void = () => undefined;
  let closed = false;
  const asked: Asked[] = [];
  const waiting: Asked[] = [];
  const channel: Channel = {
    send(message) {
      asked.push(message as Asked);
      waiting.push(message as Asked);
    },
    onMessage(listener) {
      onMessage = listener;
    },
    onClose(listener) {
      onClose = listener;
    },
    close,
  };
  function close(): void {
    if (closed) return;
    closed = true;
    onClose();
  }
  async function settle(result: Result<unknown>): Promise<void> {
    const oldest = waiting.shift();
    if (oldest === undefined) throw new Error('no request waits for an answer');
    onMessage({ id: oldest.id, result });
    await Promise.resolve();
    await Promise.resolve();
  }
  return {
    client: createClient(channel),
    channel,
    asked,
    answer: (value) => settle({ ok: true, value }),
    refuse: (error) => settle({ ok: false, error }),
    emit(event, payload) {
      onMessage({ event, payload });
    },
    breakLine: close,
  };
}
