import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache } from '../paths.ts';

/** 252, this Debian's own, stops every scope; since 253 scopes have OOMPolicy=. The libraries of both come from this Debian. */
const SUITE = 'bookworm-backports';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const SOURCE = `deb [signed-by=${KEYRING}] http://deb.debian.org/debian ${SUITE} main\n`;
const PACKAGES = ['systemd', 'libsystemd-shared', 'libsystemd0'];

/** The folder with a systemd of 253 or later, downloaded and unpacked, not installed; one that is in the cache is good for ever. */
export function newerSystemd(say: (line: string) => void): string {
  const folder = join(cache, 'systemd', SUITE);
  if (existsSync(folder)) return folder;
  const work = join(cache, 'systemd', `.partial-${SUITE}`);
  rmSync(work, { recursive: true, force: true });
  for (const each of ['lists/partial', 'cache/archives/partial', 'packages', 'root'])
    mkdirSync(join(work, each), { recursive: true });
  writeFileSync(join(work, 'sources.list'), SOURCE);
  // What apt of this machine knows stays as it is.
  const options = [
    `Dir::Etc::SourceList=${work}/sources.list`,
    'Dir::Etc::SourceParts=/nonexistent',
    `Dir::State::Lists=${work}/lists`,
    `Dir::Cache=${work}/cache`,
    'APT::Sandbox::User=',
    'Acquire::Retries=5',
  ].flatMap((option) => ['-o', option]);
  const packages = join(work, 'packages');
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, { cwd: packages, stdio: ['ignore', 'ignore', 'pipe'] });
  say(`downloading systemd of ${SUITE} ...`);
  run('apt-get', ...options, 'update', '-q');
  run('apt-get', ...options, 'download', '-q', ...PACKAGES.map((name) => `${name}/${SUITE}`));
  for (const file of readdirSync(packages)) run('dpkg', '-x', join(packages, file), join(work, 'root'));
  run('mv', join(work, 'root'), folder);
  rmSync(work, { recursive: true });
  return folder;
}
