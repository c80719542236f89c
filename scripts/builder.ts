import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the project. */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** The built command. */
export const PROGRAM = join(ROOT, 'out/main/lifeboat.js');

/** All that decides what a build gives. */
const SOURCES = [
  'shared',
  'src-main',
  'src-renderer',
  'package-lock.json',
  'package.json',
  'packaging/icons/png',
  'packaging/icons/tray',
  'svelte.config.js',
  'tsconfig.base.json',
  'tsconfig.json',
  'vite.config.ts',
];
/** Hash of the sources that `out/` was built from. It is in a folder that every build empties first, so it never outlives its build. */
const STAMP = join(ROOT, 'out/main/sources.sha256');
/** One file of each part: a build that was broken off has not all of them. */
const PARTS = [
  'out/renderer/index.html',
  'out/main/lifeboat.js',
  'out/main/desktop.js',
  'out/preload/preload.cjs',
  'out/helper/helper.cjs',
].map((path) => join(ROOT, path));
const LOCK = join(ROOT, 'out/.building');
/** A build takes 3 s. A lock older than this was left by one that was killed. */
const LOCK_MAX_AGE_MS = 60_000;

/** Why a build is needed; undefined when `out/` is what the sources say. Contents decide: times change with every checkout. */
function whyBuild(): string | undefined {
  if (![STAMP, ...PARTS].every((path) => existsSync(path))) return 'nothing is built yet';
  if (readFileSync(STAMP, 'utf8') !== hashSources()) return 'the sources have changed';
  return undefined;
}

/** Builds when that is needed, with a line of output. False when the build failed; its output has been shown. */
export function buildWhenNeeded(): boolean {
  if (whyBuild() === undefined) return true;
  return alone(() => {
    const why = whyBuild();
    if (why === undefined) return true;
    process.stderr.write(`Building Lifeboat, since ${why} ... `);
    const before = performance.now();
    const { status, stdout, stderr } = runVite('pipe');
    if (status === 0)
      process.stderr.write(`done in ${((performance.now() - before) / 1000).toFixed(1)} s.\n`);
    else process.stderr.write(`failed.\n${stdout}${stderr}\n`);
    return status === 0;
  });
}

/** Builds, and shows what the build says. */
export function build(): boolean {
  return alone(() => runVite('inherit').status === 0);
}

function runVite(stdio: 'inherit' | 'pipe') {
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const hash = hashSources();
  const ran = spawnSync(process.execPath, [vite, 'build', '--app'], { cwd: ROOT, stdio, encoding: 'utf8' });
  if (ran.status === 0) writeFileSync(STAMP, hash);
  return ran;
}

/** Two builds at the same time would empty each other's folders: the second waits for the first. */
function alone(work: () => boolean): boolean {
  mkdirSync(join(ROOT, 'out'), { recursive: true });
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let isAnnounced = false; !tryLock(); isAnnounced = true) {
    if (!isAnnounced) process.stderr.write('Waiting for another build of Lifeboat ...\n');
    Atomics.wait(pause, 0, 0, 200);
  }
  try {
    return work();
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

/** A folder can be made by one only. */
function tryLock(): boolean {
  const stat = statSync(LOCK, { throwIfNoEntry: false });
  if (stat !== undefined && Date.now() - stat.mtimeMs > LOCK_MAX_AGE_MS) rmSync(LOCK, { recursive: true });
  if (existsSync(LOCK)) return false;
  try {
    mkdirSync(LOCK);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function hashSources(): string {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const path of filesOf(source))
      hash
        .update(`${path}\0`)
        .update(readFileSync(join(ROOT, path)))
        .update('\0');
  }
  return hash.digest('hex');
}

/** A file itself, or all files in a folder, by their paths from the root, always in the same order. */
function filesOf(path: string): readonly string[] {
  const stat = statSync(join(ROOT, path), { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (stat.isFile()) return [path];
  return readdirSync(join(ROOT, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length))
    .sort();
}
