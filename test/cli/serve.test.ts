import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startLifeboat, type Running } from '../helpers/processes/process-command.ts';

const ADDRESS = /^Open (http:\/\/127\.0\.0\.1:(\d+)\/\S*)$/m;

/** Starts a server on a free port, with a folder of its own for what it keeps. */
async function serve(): Promise<Running & { readonly address: string; readonly port: string }> {
  const state = mkdtempSync(join(tmpdir(), 'lifeboat-state-'));
  onTestFinished(() => {
    rmSync(state, { recursive: true, force: true });
  });
  const running = startLifeboat(['serve', '--port', '0'], { env: { XDG_STATE_HOME: state } });
  for (let count = 5; ; count++) {
    const text = (await running.lines(count)).join('\n');
    const found = ADDRESS.exec(text);
    if (found !== null) return { ...running, address: found[1] ?? '', port: found[2] ?? '' };
  }
}

describe('lifeboat serve', () => {
  it('prints the order and the address, which serves the page', async () => {
    const { address, port, child, ended } = await serve();
    const signedIn = await fetch(address, { redirect: 'manual' });
    expect(signedIn.status).toBeLessThan(400);
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const page = await fetch(`http://127.0.0.1:${port}/`, { headers: { cookie } });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<title>');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    child.kill('SIGTERM');
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nNext: .+\n/);
  });

  it('listens on this machine only', async () => {
    const { pid, port, child, ended } = await serve();
    const listening = ['tcp', 'tcp6']
      .flatMap((name) => readFileSync(`/proc/${pid}/net/${name}`, 'utf8').split('\n'))
      .map((line) => line.trim().split(/ +/))
      .filter(
        (fields) => fields[3] === '0A' && parseInt(fields[1]?.split(':')[1] ?? '', 16) === Number(port),
      );
    expect(listening.map((fields) => fields[1]?.split(':')[0])).toEqual(['0100007F']);
    child.kill('SIGINT');
    expect((await ended).code).toBe(0);
  });
});
