import { execFileSync } from 'node:child_process';
import { build } from 'vite';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { built, cache, programFolder, runFolder } from '../paths.ts';

/** Compiles a C program of this folder, statically so that it runs in a bare guest, when it is newer than its binary. */
export function compile(name: 'agent' | 'eater'): string {
  const source = join(import.meta.dirname, `${name}.c`);
  const binary = join(cache, name);
  mkdirSync(cache, { recursive: true });
  const built = statSync(binary, { throwIfNoEntry: false });
  if (!built || built.mtimeMs < statSync(source).mtimeMs) {
    // Another lab may be running the old one, or compiling it as well.
    const fresh = `${binary}.${process.pid}`;
    execFileSync('gcc', ['-O1', '-static', '-Wall', '-Wextra', '-Werror', '-o', fresh, source], {
      stdio: 'inherit',
    });
    renameSync(fresh, binary);
  }
  return binary;
}

/** Sets the built program aside for this run; false when there is none. What ended runs have left is removed. */
export function keepProgram(): boolean {
  if (!existsSync(join(built, 'lifeboat.js'))) return false;
  for (const name of existsSync(cache) ? readdirSync(cache) : []) {
    const pid = /^run-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(cache, name), { recursive: true });
  }
  cpSync(built, programFolder, { recursive: true });
  cpSync(join(built, '../helper'), join(programFolder, '../helper'), { recursive: true });
  return existsSync(join(programFolder, 'lifeboat.js'));
}

/** Makes one file of a module of this folder and all that it imports, for a guest that has no node_modules. */
export async function bundle(name: string): Promise<string> {
  const outDir = join(runFolder, 'bundles');
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: false,
      rolldownOptions: {
        input: { [name]: join(import.meta.dirname, '..', `${name}.ts`) },
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  });
  return join(outDir, `${name}.js`);
}
