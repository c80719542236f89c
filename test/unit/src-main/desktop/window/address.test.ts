import { describe, expect, it } from 'vitest';
import {
  isOwnAddress,
  mayOpenOutside,
  PAGE_ADDRESS,
} from '../../../../../src-main/desktop/window/address.ts';

describe('isOwnAddress', () => {
  it.for([PAGE_ADDRESS, 'lifeboat://app/index.html', 'lifeboat://app/#tuning', 'lifeboat://app/?a=b'])(
    'knows %s',
    (address) => {
      expect(isOwnAddress(address)).toBe(true);
    },
  );

  it.for([
    '',
    'lifeboat',
    'lifeboat:app',
    'lifeboat://',
    'lifeboat://other/',
    'lifeboat://app.example.org/',
    'lifeboat://app:80/',
    'lifeboat://user@app/',
    'lifeboats://app/',
    'https://app/',
    'file:///app/index.html',
    'about:blank',
    'data:text/html,lifeboat://app/',
    'blob:lifeboat://app/6a2e',
    'https://example.org/?lifeboat://app/',
  ])('does not know "%s"', (address) => {
    expect(isOwnAddress(address)).toBe(false);
  });
});

describe('mayOpenOutside', () => {
  it.for([
    'https://docs.kernel.org/admin-guide/mm/index.html',
    'https://www.kernel.org/',
    'https://github.com/electron',
  ])('lets the browser have %s', (address) => {
    expect(mayOpenOutside(address)).toBe(true);
  });

  it.for([
    'http://docs.kernel.org/',
    'https://docs.kernel.org:8443/',
    'https://docs.kernel.org.example.org/',
    'https://docs.kernel.org@example.org/',
    'https://user@github.com/',
    'https://gist.github.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'mailto:user@github.com',
    'smb://github.com/share',
    'no address',
  ])('keeps %s from it', (address) => {
    expect(mayOpenOutside(address)).toBe(false);
  });
});
