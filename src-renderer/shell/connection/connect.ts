import { RPC_PATH } from '#shared/contract/web-sign-in.ts';
import { findBridge, openBridgeChannel } from './bridge-channel.ts';
import { openKeyStore } from './browser-key.ts';
import { createProof, signIn } from './sign-in.ts';
import { openWebChannel, type Opened } from './web-channel.ts';

/** What became of an attempt. `refused`: Lifeboat answers, but does not know this browser. */
export type Attempt = Opened;

/** Tries once to reach the rest of Lifeboat. */
export type Connect = () => Promise<Attempt>;

/**
 * The only place that knows by which way the page reaches the rest of Lifeboat: in the desktop window the bridge of its preload, in a
 * browser the web server that it was loaded from. There a token in the address (`#token=…`) is taken out of it at once and registers a key
 * of this browser; without one the keys of before are tried.
 */
export function createConnect(page: Window = window): Connect {
  const bridge = findBridge(page);
  if (bridge !== undefined) {
    return () => Promise.resolve({ kind: 'open', channel: openBridgeChannel(bridge) });
  }
  const store = openKeyStore(page.indexedDB);
  let token: string | undefined;
  return async () => {
    token = takeToken(page) ?? token;
    const { host, origin } = page.location;
    if (token !== undefined) {
      if ((await signIn(origin, token, store)) === 'unreachable') return { kind: 'unreachable' };
      token = undefined;
    }
    return openWebChannel(`ws://${host}${RPC_PATH}`, createProof(origin, await store.all()));
  };
}

function takeToken({ location, history }: Window): string | undefined {
  const token = /^#token=([0-9a-f]{64})$/.exec(location.hash)?.[1];
  if (token !== undefined) history.replaceState(history.state, '', location.pathname + location.search);
  return token;
}
