import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AfterPackContext } from 'electron-builder';

/**
 * Called by electron-builder for the folder that all packages are made of. Its modes must not be those of the umask or of a checkout:
 * the helper is only run as root when no other user can write to it or above it.
 */
export default function afterPack({ appOutDir }: AfterPackContext): void {
  chmodSync(appOutDir, 0o755);
  for (const name of readdirSync(appOutDir, { recursive: true, encoding: 'utf8' })) {
    const path = join(appOutDir, name);
    const stat = lstatSync(path);
    if (stat.isSymbolicLink()) continue;
    chmodSync(path, stat.isDirectory() || (stat.mode & 0o100) !== 0 ? 0o755 : 0o644);
  }
}
