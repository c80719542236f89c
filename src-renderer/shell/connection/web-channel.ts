import { type Channel } from '#shared/contract/channel.ts';
import { type Proof } from './sign-in.ts';

/** What became of an attempt to open a WebSocket. */
export type Opened =
  { readonly kind: 'open'; readonly channel: Channel } | { readonly kind: 'refused' | 'unreachable' };

/**
 * Opens a WebSocket, proves over it that this browser was signed in, and makes a channel of it: one JSON text per message. `refused`: this
 * browser is not known there; `unreachable`: it closed before, of which a browser does not say why, or who answered is not the server.
 */
export function openWebChannel(url: string, proof: Proof): Promise<Opened> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    let isProved = false;
    let onMessage: (message: unknown) => void = () => undefined;
    let onClose: () => void = () => undefined;
    const channel: Channel = {
      send(message) {
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
      },
      onMessage(listener) {
        onMessage = listener;
      },
      onClose(listener) {
        onClose = listener;
      },
      close() {
        socket.close();
      },
    };

    async function prove(message: unknown): Promise<void> {
      const next = await proof.onAnswer(message);
      if (next === 'done') {
        isProved = true;
        resolve({ kind: 'open', channel });
      } else if (typeof next === 'object') channel.send(next.send);
      else {
        resolve({ kind: next === 'refused' ? 'refused' : 'unreachable' });
        socket.close();
      }
    }

    socket.addEventListener('open', () => {
      channel.send(proof.greeting);
    });
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const message = typeof data === 'string' ? parse(data) : undefined;
      if (isProved) onMessage(message);
      else void prove(message);
    });
    socket.addEventListener('close', () => {
      resolve({ kind: 'unreachable' });
      onClose();
    });
  });
}

/** Undefined where it is no JSON: who answers on this port may be any program. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
