import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TestProject } from 'vitest/node';
import { makeElectronStandIn } from './electron-stand-in.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder with the packages. */
    readonly packages: string;
  }
}

/** As long as the runtime of the AppImage, which comes from GitHub, is not: the file cannot start, all else is as it will be. */
export const RUNTIME_BYTES = 4096;

/** Makes all packages once for the suite, by the same script as a release, with what cannot be had without GitHub stood in for. */
export default function setup(project: TestProject): () => void {
  const work = mkdtempSync(join(tmpdir(), 'lifeboat-packages-'));
  makeElectronStandIn(join(work, 'electron'));
  const fpm = join(work, 'fpm');
  const standIn = join(import.meta.dirname, 'fpm-stand-in.ts');
  writeFileSync(fpm, `#!/bin/sh\nexec '${process.execPath}' '${standIn}' "$@"\n`, { mode: 0o755 });
  const tools = join(work, 'appimage');
  for (const folder of ['runtimes', 'lib/x64', 'lib/arm64'])
    mkdirSync(join(tools, folder), { recursive: true });
  for (const arch of ['x64', 'arm64'])
    writeFileSync(join(tools, `runtimes/runtime-${arch}`), Buffer.alloc(RUNTIME_BYTES, 'stub'));
  for (const tool of ['mksquashfs', 'desktop-file-validate'])
    symlinkSync(`/usr/bin/${tool}`, join(tools, tool));
  const packages = join(work, 'packages');
  const script = join(ROOT, 'packaging/package.ts');
  const made = spawnSync(
    process.execPath,
    [script, `--output=${packages}`, `--electron-dist=${join(work, 'electron')}`],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, CUSTOM_FPM_PATH: fpm, APPIMAGE_TOOLS_PATH: tools },
    },
  );
  if (made.status !== 0) throw new Error(`The packages were not made:\n${made.stdout}${made.stderr}`);
  project.provide('packages', packages);
  return () => {
    rmSync(work, { recursive: true });
  };
}
