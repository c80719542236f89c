import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Everything that the stage puts on the machine has this in its name. Another run may be there at the same time. */
const USER = `lifeboat-win-${process.pid}`;
const FOLDER = `/usr/local/lib/${USER}`;
const SUDOERS = `/etc/sudoers.d/${USER}`;
/** Whatever happens to the tests, the machine is as before: a shell that waits for the end of its input does the cleaning. */
const CLEAN = `trap '' HUP INT TERM
read -r x
rm -rf ${FOLDER} ${SUDOERS} "$1"
# Not while one of its processes still ends.
for try in $(seq 300); do userdel ${USER} 2>&1 && break; sleep 0.1; done
exit 0`;

/** Where the program under test is, and who runs it. */
export interface Stage {
  /** The folder with package.json and the build, as it was built. */
  readonly program: string;
  readonly node: string;
  readonly double: string;
  /** What a command is put behind to be the user's. */
  readonly asUser: readonly string[];
  /** A folder of the user's own, new for each start unless a test wants the same again. */
  makeHome(): string;
  remove(): Promise<void>;
}

/** Lifeboat's window refuses to run as root; root gets a user for it. Only then can the helper be had, by sudo, as its files are root's. */
export const CAN_CHANGE = process.getuid?.() === 0;

export function buildStage(): Stage {
  return CAN_CHANGE ? buildAsRoot() : buildAsUser();
}

function buildAsUser(): Stage {
  const homes = mkdtempSync(join(tmpdir(), `${USER}-`));
  return {
    program: ROOT,
    node: process.execPath,
    double: join(ROOT, 'test/electron-double/run.ts'),
    asUser: [],
    makeHome: () => mkdtempSync(join(homes, 'home-')),
    remove() {
      rmSync(homes, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

/** A copy in a folder of root's that all users can read: a checkout may be in a home folder. */
function buildAsRoot(): Stage {
  const homes = mkdtempSync(join(tmpdir(), `${USER}-`));
  const cleaner = spawn('/bin/sh', ['-c', CLEAN, 'clean', homes], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  run('useradd', ['--no-create-home', '--home-dir', homes, '--shell', '/bin/sh', USER]);
  const uid = Number(run('id', ['-u', USER]));
  const gid = Number(run('id', ['-g', USER]));
  chownSync(homes, uid, gid);
  writeFileSync(SUDOERS, `${USER} ALL=(root) NOPASSWD: ALL\n`, { mode: 0o440 });
  mkdirSync(join(FOLDER, 'test'), { recursive: true, mode: 0o755 });
  for (const part of ['package.json', 'out', 'test/electron-double', 'test/electron/fixture'])
    cpSync(join(ROOT, part), join(FOLDER, part), { recursive: true });
  copyFileSync(process.execPath, join(FOLDER, 'node'));
  run('chmod', ['-R', 'go+rX', FOLDER]);
  return {
    program: FOLDER,
    node: join(FOLDER, 'node'),
    double: join(FOLDER, 'test/electron-double/run.ts'),
    asUser: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'],
    makeHome() {
      const home = mkdtempSync(join(homes, 'home-'));
      chownSync(home, uid, gid);
      return home;
    },
    remove: () => end(cleaner),
  };
}

async function end(cleaner: ChildProcess): Promise<void> {
  const cleaned = once(cleaner, 'exit');
  cleaner.stdin?.end();
  await cleaned;
}

function run(file: string, args: readonly string[]): string {
  const ran = spawnSync(file, args, { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`${file} ${args.join(' ')}: ${ran.stderr}`);
  return ran.stdout.trim();
}
