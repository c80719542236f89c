import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readWebFiles } from '../../../../src-main/transport/web-files.ts';
import { TEST_PAGE, pageDir, temporaryDir } from '../../../helpers/web-client.ts';

describe('readWebFiles', () => {
  it('lists the files of the build by the paths at which they are served, without source maps', () => {
    const files = readWebFiles(pageDir());
    expect(files.ok && [...files.value.keys()].sort()).toEqual([
      '/',
      '/assets/index-Ab12_-cd.js',
      '/icon.svg',
      '/index.html',
    ]);
    expect(files.ok && files.value.get('/')?.body.toString()).toBe(TEST_PAGE['index.html']);
  });

  it.for([
    { path: '/', type: 'text/html; charset=utf-8', cache: 'no-cache' },
    { path: '/icon.svg', type: 'image/svg+xml', cache: 'no-cache' },
    {
      path: '/assets/index-Ab12_-cd.js',
      type: 'text/javascript; charset=utf-8',
      cache: 'public, max-age=31536000, immutable',
    },
  ])('gives $path its type, and lets only hashed names be kept for good', ({ path, type, cache }) => {
    const files = readWebFiles(pageDir());
    expect(files.ok && files.value.get(path)).toMatchObject({ contentType: type, cacheControl: cache });
  });

  it('follows no link and lists no file of an unknown kind', () => {
    const dir = pageDir();
    symlinkSync('/etc/passwd', join(dir, 'passwd.html'));
    symlinkSync('/etc', join(dir, 'etc'));
    writeFileSync(join(dir, 'notes.txt'), '');
    writeFileSync(join(dir, '.env'), '');
    const files = readWebFiles(dir);
    expect(files.ok && files.value.size).toBe(4);
  });

  it.for([
    { what: 'is missing', make: (dir: string) => join(dir, 'none') },
    {
      what: 'is a file',
      make: (dir: string) => {
        writeFileSync(join(dir, 'file'), '');
        return join(dir, 'file');
      },
    },
    {
      what: 'has no index.html',
      make: (dir: string) => {
        mkdirSync(join(dir, 'empty'));
        return join(dir, 'empty');
      },
    },
  ])('fails with what to do when the folder $what', ({ make }) => {
    const dir = make(temporaryDir());
    expect(readWebFiles(dir)).toEqual({
      ok: false,
      error: { code: 'not-found', facts: { what: 'page', folder: dir } },
    });
  });
});
