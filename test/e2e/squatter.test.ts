import { createServer, type IncomingHttpHeaders } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { useBrowser } from './support/browser.ts';
import { startLifeboat } from './support/lifeboat.ts';

const open = useBrowser();
const expected = /./;

/** Any program that takes a port, and all that reaches it. It answers like a server that knows the browser, as far as it can. */
async function squat(port: number) {
  const headers: IncomingHttpHeaders[] = [];
  const messages: string[] = [];
  const http = createServer((request, response) => {
    headers.push(request.headers);
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<title>Another program</title>');
  });
  const sockets = new WebSocketServer({ server: http });
  sockets.on('connection', (socket, request) => {
    headers.push(request.headers);
    socket.on('message', (data: Buffer) => {
      messages.push(data.toString());
      const { keys = [] } = JSON.parse(data.toString()) as { keys?: readonly string[] };
      const made = { run: 'A'.repeat(22), right: 'change', nonce: 'A'.repeat(43), proof: 'A'.repeat(43) };
      socket.send(JSON.stringify({ key: keys[0], ...made }));
    });
  });
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const { port: used } = http.address() as { port: number };
  const close = () =>
    new Promise((resolve) => {
      for (const socket of sockets.clients) socket.terminate();
      http.closeAllConnections();
      http.close(resolve);
    });
  onTestFinished(async () => {
    await close();
  });
  return { port: used, headers, messages, close };
}

describe('a program that takes the port of a server that has ended', () => {
  it('hears from an open page a public key and a random number, and the page comes back to the real server', async () => {
    const lifeboat = await startLifeboat();
    const page = await open(lifeboat.address, { expected });
    await page.getByRole('region', { name: 'Next victim' }).waitFor();
    await lifeboat.stop();
    const squatter = await squat(lifeboat.port);
    await expect.poll(() => squatter.messages.length, { timeout: 30_000 }).toBeGreaterThan(1);
    for (const message of squatter.messages)
      expect(message).toMatch(/^\{"keys":\["[\w-]{87}"\],"nonce":"[\w-]{43}"\}$/);
    expect(squatter.headers.map(({ cookie, authorization }) => cookie ?? authorization)).toEqual(
      squatter.headers.map(() => undefined),
    );
    await page.getByRole('region', { name: 'Notices' }).getByText('Disconnected.').waitFor();
    await squatter.close();
    await lifeboat.restart();
    await page.getByRole('button', { name: 'Try now' }).waitFor({ state: 'detached' });
  });
});

describe('a program on another port', () => {
  it('gets nothing of a signed-in browser that opens it', async () => {
    const lifeboat = await startLifeboat();
    const page = await open(lifeboat.address, { expected });
    await page.getByRole('region', { name: 'Next victim' }).waitFor();
    const other = await squat(0);
    await page.goto(`http://127.0.0.1:${other.port}/`);
    expect(other.headers.length).toBeGreaterThan(0);
    for (const headers of other.headers) expect(headers.cookie).toBeUndefined();
    expect(await page.context().cookies()).toEqual([]);
  });

  it('cannot take the private key out of the browser, nor can the page itself', async () => {
    const lifeboat = await startLifeboat();
    const page = await open(lifeboat.address, { expected });
    await page.getByRole('region', { name: 'Next victim' }).waitFor();
    const found = await page.evaluate(async () => {
      const opened = indexedDB.open('lifeboat', 1);
      await new Promise((resolve) => (opened.onsuccess = resolve));
      const all = opened.result.transaction('keys').objectStore('keys').getAll() as IDBRequest<
        { privateKey: CryptoKey; pin: CryptoKey }[]
      >;
      await new Promise((resolve) => (all.onsuccess = resolve));
      const outcomes = all.result.flatMap(({ privateKey, pin }) => [
        crypto.subtle.exportKey('pkcs8', privateKey),
        crypto.subtle.exportKey('raw', pin),
      ]);
      return (await Promise.allSettled(outcomes)).map(({ status }) => status);
    });
    expect(found).toEqual(['rejected', 'rejected']);
  });
});
