import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';

/** What electron-builder made the packages of. */
export function unpacked(): string {
  return join(
    inject('packages'),
    process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`,
  );
}

/** The package with this ending. */
export function packageFile(ending: '.deb' | '.rpm' | '.AppImage' | '-server.tar.gz'): string {
  const folder = inject('packages');
  const name = readdirSync(folder).find((file) => file.endsWith(ending));
  if (name === undefined) throw new Error(`there is no package ${ending}`);
  return join(folder, name);
}

/** A folder for a test, that goes with it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-package-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

/** What a command prints; fails when the command does. */
export function output(file: string, ...args: readonly string[]): string {
  return execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

interface AsarFolder {
  readonly files?: Readonly<Record<string, AsarFolder>>;
  readonly unpacked?: boolean;
}

/** The files that an asar names, and whether each is in it. Its header is JSON behind four lengths of four bytes. */
export function asarFiles(path: string): ReadonlyMap<string, 'inside' | 'beside'> {
  const bytes = readFileSync(path);
  const header = JSON.parse(bytes.toString('utf8', 16, 16 + bytes.readUInt32LE(12))) as AsarFolder;
  const found = new Map<string, 'inside' | 'beside'>();
  const walk = (folder: AsarFolder, prefix: string) => {
    for (const [name, entry] of Object.entries(folder.files ?? {}))
      if (entry.files === undefined) found.set(prefix + name, entry.unpacked === true ? 'beside' : 'inside');
      else walk(entry, `${prefix}${name}/`);
  };
  walk(header, '');
  return found;
}
