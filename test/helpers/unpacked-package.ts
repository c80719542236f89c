import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const CACHE = resolve(import.meta.dirname, '../../.cache/packages');
const PATIENT = ['-o', 'Acquire::Retries=5', '-o', 'DPkg::Lock::Timeout=300', '-o', 'APT::Sandbox::User='];

/**
 * The folder with the files of a Debian package, downloaded and unpacked, not installed: a killer that is installed runs, and kills. One that is in
 * the cache is good for ever. Undefined where there is no apt that knows it.
 */
export function unpackedPackage(name: string): string | undefined {
  const folder = join(CACHE, name);
  if (existsSync(folder)) return folder;
  const partial = join(CACHE, `.partial-${name}-${process.pid}`);
  try {
    mkdirSync(partial, { recursive: true });
    download(name, partial);
    const archive = readdirSync(partial).find((file) => file.endsWith('.deb')) ?? '';
    execFileSync('dpkg', ['-x', join(partial, archive), join(partial, 'files')], { stdio: 'pipe' });
    execFileSync('mv', ['-T', join(partial, 'files'), folder], { stdio: 'pipe' });
    return folder;
  } catch {
    return existsSync(folder) ? folder : undefined;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Once more with a fresh index, where what apt knows is not there any more. */
function download(name: string, folder: string): void {
  const apt = 'apt-get';
  const run = (...args: readonly string[]) =>
    execFileSync(apt, [...PATIENT, ...args], { cwd: folder, stdio: 'pipe' });
  try {
    run('download', '-q', name);
  } catch (error) {
    if (process.getuid?.() !== 0) throw error;
    run('update', '-q');
    run('download', '-q', name);
  }
}
