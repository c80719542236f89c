import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { output } from './packages.ts';

/** The libraries of Chromium, which the stand-in does not use and a machine for tests need not have. */
const DPKG = ['--force-depends', '--no-pager'];

/** The deb on this very machine. It goes again also when the tests are killed: a shell waits for the end of its input. */
export class InstalledDeb {
  readonly #cleaner: ChildProcess;

  private constructor(cleaner: ChildProcess) {
    this.#cleaner = cleaner;
  }

  static install(file: string): InstalledDeb {
    if (spawnSync('dpkg-query', ['--status', 'lifeboat']).status === 0)
      throw new Error(
        'Lifeboat is installed on this machine, and the test would take it away. Remove it first.',
      );
    const script = `trap '' HUP INT TERM\nread -r x\ndpkg --purge lifeboat\nexit 0`;
    const cleaner = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    const deb = new InstalledDeb(cleaner);
    deb.replace(file);
    return deb;
  }

  /** Installs another deb over it. */
  replace(file: string): void {
    dpkg('--install', file);
  }

  remove(): void {
    dpkg('--remove', 'lifeboat');
  }

  purge(): void {
    dpkg('--purge', 'lifeboat');
  }

  /** Whatever is left of it goes. */
  async close(): Promise<void> {
    const cleaned = once(this.#cleaner, 'exit');
    this.#cleaner.stdin?.end();
    await cleaned;
  }
}

/** The same deb with a later version number. */
export function laterDeb(file: string, version: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-later-'));
  const tree = join(folder, 'tree');
  output('dpkg-deb', '--raw-extract', file, tree);
  const control = join(tree, 'DEBIAN/control');
  writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, `Version: ${version}`));
  output('dpkg-deb', '--root-owner-group', '-Znone', '--build', tree, join(folder, 'later.deb'));
  rmSync(tree, { recursive: true });
  return join(folder, 'later.deb');
}

function dpkg(action: string, what: string): void {
  const ran = spawnSync('dpkg', [...DPKG, action, what], {
    encoding: 'utf8',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (ran.status !== 0) throw new Error(`dpkg ${action}: ${ran.stdout}${ran.stderr}`);
}
