import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fail, ok, type Result } from '#shared/result.ts';

/** One file of the page, ready to be sent. */
export interface WebFile {
  readonly body: Buffer;
  readonly contentType: string;
  readonly etag: string;
  readonly cacheControl: string;
  /** The Content-Security-Policy in place of the page's own. */
  readonly policy?: string;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

/** The build writes a hash of the contents into these names, so what such a name means never changes. */
const HASHED_NAME = /^\/assets\/.+-[\w-]{8}\.\w+$/;

/**
 * The files of the built page by the path at which each is served. They are read once: a path of a request is only ever looked up in
 * this list and never reaches the file system. Files of other kinds (source maps) and links are left out.
 */
export function readWebFiles(dir: string): Result<ReadonlyMap<string, WebFile>> {
  const files = new Map<string, WebFile>();
  for (const path of listFiles(dir)) {
    const contentType = CONTENT_TYPES[extname(path)];
    if (contentType === undefined) continue;
    const body = readFileSync(path);
    const name = `/${relative(dir, path).split(sep).join('/')}`;
    files.set(name, {
      body,
      contentType,
      etag: `"${createHash('sha256').update(body).digest('base64url')}"`,
      cacheControl: HASHED_NAME.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
  }
  const index = files.get('/index.html');
  if (index === undefined) {
    return fail('not-found', { what: 'page', folder: dir });
  }
  return ok(files.set('/', index));
}

function listFiles(dir: string): readonly string[] {
  try {
    // Folder by folder: inside of Electron's archive neither `recursive` nor the parent of an entry can be relied on.
    return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) return listFiles(path);
      return entry.isFile() ? [path] : [];
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return [];
    }
    throw error;
  }
}
