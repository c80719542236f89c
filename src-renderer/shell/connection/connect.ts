import { type Channel } from '#shared/contract/channel.ts';
import { findBridge, openBridgeChannel } from './bridge-channel.ts';
import { openWebChannel } from './web-channel.ts';

/** What became of an attempt. `refused`: Lifeboat answers, but does not know this browser. */
export type Attempt =
  { readonly kind: 'open'; readonly channel: Channel } | { readonly kind: 'refused' | 'unreachable' };

/** Tries once to reach the rest of Lifeboat. */
export type Connect = () => Promise<Attempt>;

/**
 * The only place that knows by which way the page reaches the rest of Lifeboat: in the desktop window the bridge of its preload, in a
 * browser the web server that it was loaded from. There a token in the address (`#token=…`) is taken out of it at once and exchanged for a cookie; without one an earlier cookie is tried.
 */
export function createConnect(page: Window = window): Connect {
  const bridge = findBridge(page);
  if (bridge !== undefined) {
    return () => Promise.resolve({ kind: 'open', channel: openBridgeChannel(bridge) });
  }
  let token: string | undefined;
  return async () => {
    token = takeToken(page) ?? token;
    if (token !== undefined) {
      const status = await sessionStatus({ method: 'POST', body: token });
      if (status === undefined) return { kind: 'unreachable' };
      token = undefined;
    }
    const { protocol, host } = page.location;
    const channel = await openWebChannel(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/rpc`);
    if (channel !== undefined) return { kind: 'open', channel };
    return { kind: (await sessionStatus({ method: 'GET' })) === 401 ? 'refused' : 'unreachable' };

    async function sessionStatus(init: RequestInit): Promise<number | undefined> {
      const address = new URL('/session', page.location.href);
      const headers = { 'content-type': 'text/plain' };
      return fetch(address, { ...init, headers }).then(
        (response) => response.status,
        () => undefined,
      );
    }
  };
}

function takeToken({ location, history }: Window): string | undefined {
  const token = /^#token=([0-9a-f]{64})$/.exec(location.hash)?.[1];
  if (token !== undefined) history.replaceState(history.state, '', location.pathname + location.search);
  return token;
}
