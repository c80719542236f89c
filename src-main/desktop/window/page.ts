import type { CustomScheme } from 'electron';
import { type WebFile } from '../../transport/web-files.ts';
import { SECURITY_HEADERS } from '../../transport/web-security.ts';
import { isOwnAddress, SCHEME } from './address.ts';
import { httpAnswers } from '#shared/words/en/log.ts';

/** What Chromium lets pages of the scheme do: as much as those of https, without service workers and without getting around the CSP. */
export const PAGE_SCHEME: CustomScheme = {
  scheme: SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: true },
};

/**
 * Answers a request of the window for a file of the page. The path is looked up in the list of files that were built, and never reaches the
 * file system.
 */
export function answerPage(
  files: ReadonlyMap<string, WebFile>,
  { method, url }: Pick<Request, 'method' | 'url'>,
  icon?: (path: string) => WebFile | undefined,
): Response {
  if (method !== 'GET' && method !== 'HEAD') return refusal(405, httpAnswers.onlyGet);
  const path = isOwnAddress(url) ? new URL(url).pathname : undefined;
  const file = path === undefined ? undefined : (files.get(path) ?? icon?.(path));
  if (file === undefined) return refusal(404, httpAnswers.noSuchPage);
  return new Response(method === 'HEAD' ? null : new Uint8Array(file.body), {
    headers: {
      ...SECURITY_HEADERS,
      ...(file.policy === undefined ? {} : { 'Content-Security-Policy': file.policy }),
      'Content-Type': file.contentType,
      'Cache-Control': 'no-store',
    },
  });
}

function refusal(status: number, sentence: string): Response {
  return new Response(`${sentence}\n`, {
    status,
    headers: { ...SECURITY_HEADERS, 'Content-Type': 'text/plain; charset=utf-8' },
  });
}
