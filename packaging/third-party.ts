import { existsSync, readFileSync } from 'node:fs';
import { at } from './paths.ts';

/** Every package of npm whose code is in `out/`: their licences want to go with it. */
const BUNDLED = [
  '@kurkle/color',
  'chart.js',
  'clsx',
  'commander',
  'svelte',
  'systeminformation',
  'valibot',
  'ws',
];

/** The licences of all that is bundled, in one text. */
export function thirdPartyLicences(): string {
  return `Lifeboat contains code of these packages:\n${BUNDLED.map(section).join('')}`;
}

function section(name: string): string {
  const { version } = JSON.parse(readFileSync(at(`node_modules/${name}/package.json`), 'utf8')) as {
    version: string;
  };
  const file = ['LICENSE', 'LICENSE.md', 'license'].find((candidate) =>
    existsSync(at(`node_modules/${name}/${candidate}`)),
  );
  if (file === undefined) throw new Error(`${name} has no licence`);
  const text = readFileSync(at(`node_modules/${name}/${file}`), 'utf8').trim();
  return `\n${'-'.repeat(80)}\n${name} ${version}\n\n${text}\n`;
}
