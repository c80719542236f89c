import { type Channel } from '#shared/contract/channel.ts';

/**
 * Opens a WebSocket and makes a channel of it: one JSON text per message. Undefined when it closes before it opened; a browser does
 * not say why.
 */
export function openWebChannel(url: string): Promise<Channel | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
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
    socket.addEventListener('open', () => {
      resolve(channel);
    });
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (typeof data === 'string') onMessage(JSON.parse(data));
    });
    socket.addEventListener('close', () => {
      resolve(undefined);
      onClose();
    });
  });
}
