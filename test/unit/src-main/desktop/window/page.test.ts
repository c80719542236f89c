import { describe, expect, it } from 'vitest';
import { answerPage, PAGE_SCHEME } from '../../../../../src-main/desktop/window/page.ts';
import { readWebFiles } from '../../../../../src-main/transport/web-files.ts';
import { pageDir, TEST_PAGE } from '../../../../helpers/web-client.ts';

function ask(url: string, method = 'GET'): Response {
  const files = readWebFiles(pageDir());
  if (!files.ok) throw new Error(files.error.code);
  return answerPage(files.value, { method, url });
}

describe('the scheme', () => {
  it('has the rights of https, and none beyond them', () => {
    expect(PAGE_SCHEME).toEqual({
      scheme: 'lifeboat',
      privileges: { standard: true, secure: true, supportFetchAPI: true },
    });
  });
});

describe('answerPage', () => {
  it.for([
    { url: 'lifeboat://app/', path: 'index.html', type: 'text/html; charset=utf-8' },
    { url: 'lifeboat://app/index.html?x#tuning', path: 'index.html', type: 'text/html; charset=utf-8' },
    {
      url: 'lifeboat://app/assets/index-Ab12_-cd.js',
      path: 'assets/index-Ab12_-cd.js',
      type: 'text/javascript; charset=utf-8',
    },
    { url: 'lifeboat://app/icon.svg', path: 'icon.svg', type: 'image/svg+xml' },
  ] as const)('serves $url', async ({ url, path, type }) => {
    const response = ask(url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type);
    expect(await response.text()).toBe(TEST_PAGE[path]);
  });

  it.for([
    'lifeboat://app/missing.js',
    'lifeboat://app/assets/index-Ab12_-cd.js.map',
    'lifeboat://app/../../etc/passwd',
    'lifeboat://app/%2e%2e/%2e%2e/etc/passwd',
    'lifeboat://app//etc/passwd',
    'lifeboat://app/__proto__',
    'lifeboat://other/index.html',
    'https://app/index.html',
    'file:///etc/passwd',
  ])('has nothing for %s', async (url) => {
    const response = ask(url);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('Lifeboat has no such page.\n');
  });

  it.for(['POST', 'PUT', 'DELETE', 'OPTIONS'])('refuses %s', (method) => {
    expect(ask('lifeboat://app/', method).status).toBe(405);
  });

  it('answers HEAD without a body', async () => {
    const response = ask('lifeboat://app/', 'HEAD');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  it.for(['lifeboat://app/', 'lifeboat://app/missing.js'])('sends the policy with %s', (url) => {
    const { headers } = ask(url);
    expect(headers.get('content-security-policy')?.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "font-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});
