import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  requestText,
  sendRaw,
  originOf,
  signIn,
  signInBody,
  startTestWeb,
  statusOf,
  tokenOf,
  upgradeText,
} from '../../../helpers/web-client.ts';

describe('who is answered', () => {
  it.for([
    { host: '127.0.0.1:PORT', status: 200 },
    { host: 'localhost:PORT', status: 307 },
    { host: 'LOCALHOST:PORT', status: 307 },
    { host: 'localhost', status: 403 },
    { host: 'evil.example:PORT', status: 403 },
    { host: '127.0.0.1.evil.example:PORT', status: 403 },
    { host: 'localhost.evil.example:PORT', status: 403 },
    { host: 'evil@127.0.0.1:PORT', status: 403 },
    { host: '127.0.0.1:PORT0', status: 403 },
    { host: '127.0.0.1:1', status: 403 },
    { host: '[::1]:PORT', status: 403 },
    { host: '0.0.0.0:PORT', status: 403 },
    { host: '127.1:PORT', status: 403 },
    { host: '127.0.0.1', status: 403 },
    { host: '', status: 403 },
  ])('a Host of "$host" gets $status', async ({ host, status }) => {
    const { web } = await startTestWeb();
    const text = requestText('GET /', { Host: host.replace('PORT', web.port.toString()) });
    expect(statusOf(await sendRaw(web.port, text))).toBe(status);
  });

  it('no request with two Hosts, and none without one', async () => {
    const { web } = await startTestWeb();
    const own = `Host: 127.0.0.1:${web.port}\r\n`;
    const end = 'Connection: close\r\n\r\n';
    expect(statusOf(await sendRaw(web.port, `GET / HTTP/1.1\r\n${own}Host: evil.example\r\n${end}`))).toBe(
      403,
    );
    expect(statusOf(await sendRaw(web.port, `GET / HTTP/1.1\r\n${end}`))).toBe(400);
    expect(statusOf(await sendRaw(web.port, `GET / HTTP/1.0\r\n${end}`))).toBe(403);
  });

  it.for([
    'http://evil.example',
    'null',
    'https://127.0.0.1',
    'http://127.0.0.1',
    'http://localhost:1',
    'file://',
  ])('no request from the origin %s, whatever it asks for', async (origin) => {
    const { web } = await startTestWeb();
    const headers = { Host: `127.0.0.1:${web.port}`, Origin: origin };
    const { body } = signInBody(originOf(web), tokenOf(web.address));
    for (const text of [
      requestText('GET /', headers),
      requestText('GET /session', headers),
      requestText('POST /session', { ...headers, 'Content-Type': 'application/json' }, body),
      upgradeText('/rpc', headers),
    ]) {
      expect(statusOf(await sendRaw(web.port, text))).toBe(403);
    }
    // The token is as good as before.
    await signIn(web, web.address);
  });

  it('no other machine: it listens on 127.0.0.1 only', async () => {
    const { web } = await startTestWeb();
    const hexPort = web.port.toString(16).toUpperCase().padStart(4, '0');
    const rows = readFileSync('/proc/net/tcp', 'utf8').split('\n');
    expect(rows.filter((row) => row.includes(`:${hexPort} 00000000:0000 0A`))).toEqual([
      expect.stringContaining(` 0100007F:${hexPort} `),
    ]);
  });
});
