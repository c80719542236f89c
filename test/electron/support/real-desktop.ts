import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, type ElectronApplication } from 'playwright-core';
import { type Desktop, type DesktopOptions, type Launcher } from './desktop.ts';
import { environment } from './double-desktop.ts';
import { ELECTRON_BINARY } from './electron-binary.ts';
import { record } from './recorder.ts';
import { type Stage } from './stage.ts';

/** The real Electron, by Playwright. */
export function electronLauncher(stage: Stage): Launcher {
  if (!existsSync(ELECTRON_BINARY)) throw new Error(`there is no ${ELECTRON_BINARY}`);
  return { name: 'Electron', start: (options) => startElectron(stage, options) };
}

async function startElectron(stage: Stage, options: DesktopOptions = {}): Promise<Desktop> {
  const home = options.home ?? stage.makeHome();
  const recorder = join(home, 'recorder.cjs');
  writeFileSync(recorder, `(${record.toString()})(require('electron'));\n`, { mode: 0o644 });
  const binary = join(home, 'electron');
  const command = [...(options.asRoot === true ? [] : stage.asUser), ELECTRON_BINARY]
    .map((word) => `'${word}'`)
    .join(' ');
  writeFileSync(binary, `#!/bin/sh\nexec ${command} "$@"\n`);
  chmodSync(binary, 0o755);
  const program = options.program ?? stage.program;
  const environs = Object.entries({ ...environment(home), ...options.env });
  const env = Object.fromEntries(
    environs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const startedMs = performance.now();
  const app: ElectronApplication = await _electron.launch({
    executablePath: binary,
    args: ['-r', recorder, program, ...(options.args ?? [])],
    env,
  });
  const main = app.process();
  let log = '';
  const hear = (chunk: Buffer): void => {
    log += chunk.toString('utf8');
  };
  main.stdout?.on('data', hear);
  main.stderr?.on('data', hear);
  return {
    home,
    pid: main.pid ?? 0,
    startedMs,
    log: () => log,
    evaluate: (run, argument) => app.evaluate(run as never, argument),
    async page() {
      return app.windows().at(-1) ?? (await app.waitForEvent('window'));
    },
    async startAgain(args = []) {
      const [code] = (await once(spawn(binary, [program, ...args], { stdio: 'ignore', env }), 'exit')) as [
        number | null,
      ];
      return code;
    },
    ended: once(main, 'close').then(([code]) => code as number | null),
    async quit() {
      await app.close();
    },
  };
}
