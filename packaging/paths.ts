import { fileURLToPath } from 'node:url';

/** The root of the project. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A file of the project. */
export function at(path: string): string {
  return fileURLToPath(new URL(path, new URL('..', import.meta.url)));
}
