import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { quoted } from '#shared/format/terminal-command.ts';

const NAME = 'lifeboat';

/**
 * What starts this very program in a terminal: its name where PATH leads to `bin`, else the path of `bin`, as in a checkout; the name alone
 * where a package has its command elsewhere, since that one is on PATH.
 */
export function ownCommand(bin: string, path: string | undefined): string {
  const own = realPath(bin);
  if (own === undefined) return NAME;
  const first = (path ?? '')
    .split(':')
    .filter((folder) => folder !== '')
    .map((folder) => realPath(join(folder, NAME)))
    .find((found) => found !== undefined);
  return first === own ? NAME : quoted(own);
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
