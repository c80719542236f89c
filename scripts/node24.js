/**
 * Runs a TypeScript file of this project: `node scripts/node24.js FILE ARGUMENTS`. Plain JavaScript that any Node understands, because
 * an older one cannot even load a TypeScript file, and the user should hear why. `npm ci` brings Node 24 into node_modules; started
 * outside npm this finds it by itself.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const own = fileURLToPath(import.meta.url);
const pinned = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
const [file = '', ...args] = process.argv.slice(2);

if (!existsSync(new URL('../node_modules/vite', import.meta.url))) {
  process.stderr.write('The packages of Lifeboat are not installed. Run "npm ci" first.\n');
  process.exitCode = 1;
} else if (Number(process.versions.node.split('.')[0]) >= 24) {
  process.argv = [process.execPath, resolve(file), ...args];
  await import(pathToFileURL(file).href);
} else if (existsSync(pinned) && process.env.LIFEBOAT_NODE !== pinned) {
  const { status, signal } = spawnSync(pinned, [own, file, ...args], {
    stdio: 'inherit',
    env: { ...process.env, LIFEBOAT_NODE: pinned },
  });
  process.exitCode = signal === 'SIGINT' ? 130 : (status ?? 1);
} else {
  process.stderr.write(
    `Lifeboat needs Node 24; this is ${process.version}.\n` +
      '"npm ci" brings Node 24 for x64 and arm64 into node_modules and leaves the system alone, but not with\n' +
      '--omit=optional. On other processors install Node 24 yourself.\n',
  );
  process.exitCode = 1;
}
