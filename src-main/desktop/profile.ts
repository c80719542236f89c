import { accessSync, constants, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { type Log } from '#shared/contract/server.ts';
import { readFailure } from '../proc/kernel-files.ts';
import { makeFolder } from '../store/folders.ts';
import { logLines } from '#shared/words/en/log.ts';

/**
 * Where Chromium keeps what it wants to keep of a window: below the state folder, since none of it is the user's configuration. It is also where
 * instances find each other, so where it cannot be written a folder of this start alone stands in, and the log says so.
 */
export function profileFolder(stateFolder: string, temporaryFolder: string, log: Log): string {
  const folder = join(stateFolder, 'window');
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
    return folder;
  } catch (error) {
    const { errno } = readFailure(error, folder);
    log(logLines.profileUnwritable(folder, errno ?? 'unknown'));
    return mkdtempSync(join(temporaryFolder, 'lifeboat-window-'));
  }
}
