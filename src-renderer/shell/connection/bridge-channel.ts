import { BRIDGE, type Bridge } from '#shared/contract/bridge.ts';
import { type Channel } from '#shared/contract/channel.ts';

/** The bridge of the desktop window; undefined in a browser. */
export function findBridge(page: Window): Bridge | undefined {
  return (page as { [BRIDGE]?: Bridge })[BRIDGE];
}

/** Opens a line over the bridge and makes a channel of it: one JSON text per message. */
export function openBridgeChannel(bridge: Bridge): Channel {
  let onMessage: (message: unknown) => void = () => undefined;
  let onClose: () => void = () => undefined;
  const line = bridge.open(
    (text) => {
      onMessage(JSON.parse(text));
    },
    () => {
      onClose();
    },
  );
  return {
    send(message) {
      line.send(JSON.stringify(message));
    },
    onMessage(listener) {
      onMessage = listener;
    },
    onClose(listener) {
      onClose = listener;
    },
    close() {
      line.close();
    },
  };
}
