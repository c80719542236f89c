import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cache } from '../paths.ts';

export interface KernelImage {
  readonly release: string;
  readonly vmlinuz: string;
  readonly modules: string;
}

const attempts = 3;
const pauseSeconds = 10;
const patient = ['-o', 'Acquire::Retries=5', '-o', 'DPkg::Lock::Timeout=300'];

/**
 * Debian's newest cloud kernel of a series such as `6.1`, downloaded and unpacked, not installed. Which versions there
 * are changes with every update of Debian, so apt is asked; one that is in the cache is good for ever.
 */
export function debianKernel(series: string, say: (line: string) => void): KernelImage {
  const folder = join(cache, 'kernels');
  mkdirSync(folder, { recursive: true });
  const unpacked = newest(readdirSync(folder).filter((name) => isOfSeries(name, series)));
  const name = unpacked ?? download(series, folder, say);
  const root = join(folder, name);
  const release = name.slice('linux-image-'.length);
  const merged = join(root, 'usr/lib/modules', release);
  return {
    release,
    vmlinuz: join(root, 'boot', `vmlinuz-${release}`),
    modules: existsSync(merged) ? merged : join(root, 'lib/modules', release),
  };
}

/** The newest that apt has heard of. */
function known(series: string): string | undefined {
  const pattern = `^linux-image-${series.replace('.', '\\.')}.*-cloud-amd64$`;
  const names = run('apt-cache', ['search', '--names-only', pattern]).split('\n');
  return newest(names.map((line) => line.split(' ')[0] ?? '').filter((name) => isOfSeries(name, series)));
}

/** Retries with a fresh index: mirrors fail for a moment, and a package that apt knows may be gone. */
function download(series: string, folder: string, say: (line: string) => void): string {
  for (let attempt = 1; ; attempt++) {
    try {
      return downloadOnce(series, folder, say, attempt > 1);
    } catch (error) {
      if (attempt === attempts) throw error;
      say(`${String(error)}\nonce more in ${pauseSeconds} s ...`);
      run('sleep', [String(pauseSeconds)]);
    }
  }
}

function downloadOnce(series: string, folder: string, say: (line: string) => void, update: boolean): string {
  let name = known(series);
  if ((update || name === undefined) && process.getuid?.() === 0) {
    say('apt-get update ...');
    run('apt-get', [...patient, 'update', '-q']);
    name = known(series);
  }
  if (name === undefined) throw new Error(`apt knows no package linux-image-${series}*-cloud-amd64`);
  const started = Date.now();
  say(`downloading ${name} ...`);
  run('apt-get', [...patient, 'download', '-q', name], folder);
  const archive = readdirSync(folder).find((file) => file.startsWith(`${name}_`) && file.endsWith('.deb'));
  if (archive === undefined) throw new Error(`apt-get download ${name} left no package behind`);
  say(`unpacking ${archive} ...`);
  const partial = join(folder, `.partial-${name}`);
  rmSync(partial, { recursive: true, force: true });
  run('dpkg', ['-x', join(folder, archive), partial]);
  run('mv', [partial, join(folder, name)]);
  rmSync(join(folder, archive));
  say(`${name} is ready after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return name;
}

function isOfSeries(name: string, series: string): boolean {
  return name.startsWith(`linux-image-${series}.`) && name.endsWith('-cloud-amd64') && !name.includes('-rt-');
}

function newest(names: readonly string[]): string | undefined {
  return [...names].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
}

function run(program: string, args: readonly string[], cwd?: string): string {
  return execFileSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
}
