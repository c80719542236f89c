import type { Protocol as Cdp } from '../../node_modules/playwright-core/types/protocol.d.ts';
import { fromChromium, translateScheme } from './addresses.ts';
import { type Session } from './chromium/cdp.ts';
import { unsupported } from './emitter.ts';

type Handler = (request: Request) => Response | Promise<Response>;
type Paused = Cdp.Fetch.requestPausedPayload;

/** What Chromium calls a secure page of its own is all of this at once; less cannot be had. */
const PRIVILEGES = new Set(['standard', 'secure', 'supportFetchAPI', 'codeCache']);

/** The double's own, which the program under test does not see. */
const ANSWER = Symbol('answer');

/** Electron's `protocol`. */
export class DoubleProtocol implements Pick<
  Electron.Protocol,
  'registerSchemesAsPrivileged' | 'handle' | 'unhandle' | 'isProtocolHandled'
> {
  readonly #handlers = new Map<string, Handler>();
  readonly #isReady: () => boolean;

  constructor(isReady: () => boolean) {
    this.#isReady = isReady;
  }

  registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]): void {
    if (this.#isReady())
      throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    for (const { scheme, privileges = {} } of schemes) {
      const unknown = Object.keys(privileges).find((name) => !PRIVILEGES.has(name));
      if (unknown !== undefined) throw unsupported(`the privilege "${unknown}"`);
      if (!privileges.standard || !privileges.secure)
        throw unsupported('a scheme that is not standard and secure');
      translateScheme(scheme);
    }
  }

  handle(scheme: string, handler: Handler): void {
    if (this.#handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
    this.#handlers.set(scheme, handler);
  }

  unhandle(scheme: string): void {
    if (!this.#handlers.delete(scheme)) throw new Error(`Failed to unhandle protocol: ${scheme}`);
  }

  isProtocolHandled(scheme: string): boolean {
    return this.#handlers.has(scheme);
  }

  /** The answer of the program to a request. */
  async [ANSWER](request: Request): Promise<Response> {
    const handler = this.#handlers.get(new URL(request.url).protocol.slice(0, -1));
    if (handler === undefined) throw new Error('this scheme has no handler');
    return handler(request);
  }
}

function requestOf({ request }: Paused): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) headers.set(name, fromChromium(value));
  return new Request(fromChromium(request.url), {
    method: request.method,
    headers,
    body: request.postData ?? null,
  });
}

/** Answers a request of a page for an address of the program. */
export async function answerRequest(
  protocol: DoubleProtocol,
  session: Session,
  paused: Paused,
): Promise<void> {
  const { requestId } = paused;
  try {
    const response = await protocol[ANSWER](requestOf(paused));
    await session.send('Fetch.fulfillRequest', {
      requestId,
      responseCode: response.status,
      responseHeaders: Array.from(response.headers, ([name, value]) => ({ name, value })),
      body: Buffer.from(await response.arrayBuffer()).toString('base64'),
    });
  } catch (error) {
    process.stderr.write(
      `electron-double: the handler of ${fromChromium(paused.request.url)} failed: ${String(error)}\n`,
    );
    await session.send('Fetch.failRequest', { requestId, errorReason: 'Failed' });
  }
}
