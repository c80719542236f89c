import { safeText } from '#shared/format/safe-text.ts';

/** What people call a cgroup of which nothing but the path is known: its last part. */
export function labelOfPath(path: string): string {
  return safeText(path.split('/').findLast((part) => part !== '') ?? path);
}
