import { type IncomingMessage } from 'node:http';
import { httpAnswers } from '#shared/words/en/log.ts';

/** The headers of every response. Nothing is loaded from, shown in or sent to another site. */
export const SECURITY_HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

/**
 * Why a request is foreign; undefined when it is from our page. A Host other than the loopback address means that some name of the internet
 * was made to point here (DNS rebinding); a foreign Origin, that another site's page asks. Browsers set both and pages cannot change them.
 * `needsOrigin`: for the WebSocket, to which the same-origin policy does not apply, and for signing in: browsers always send one with
 * these.
 */
export function foreignRequest(
  request: IncomingMessage,
  port: number,
  needsOrigin: boolean,
): string | undefined {
  const hosts = request.headersDistinct['host'] ?? [];
  const host = hosts[0]?.toLowerCase();
  if (host === undefined || hosts.length !== 1 || host !== withPort('127.0.0.1', port)) {
    return httpAnswers.wrongHost(port);
  }
  const origins = request.headersDistinct['origin'] ?? [];
  if (origins.length === 0 && !needsOrigin) return undefined;
  if (origins.length === 1 && origins[0]?.toLowerCase() === `http://${host}`) return undefined;
  return httpAnswers.wrongOrigin;
}

/** Whether a request names this server `localhost` and nothing else. */
export function isByName(request: IncomingMessage, port: number): boolean {
  const hosts = request.headersDistinct['host'] ?? [];
  return hosts.length === 1 && withPort('localhost', port) === hosts[0]?.toLowerCase();
}

/** Browsers leave out the port of HTTP itself. */
function withPort(name: string, port: number): string {
  return port === 80 ? name : `${name}:${port}`;
}
