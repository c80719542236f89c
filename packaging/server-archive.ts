import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at } from './paths.ts';
import { writeTexts } from './system-files.ts';
import { thirdPartyLicences } from './third-party.ts';

/** Imports of a built module, and text in comments that looks like one. */
const OWN_IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*["'`]\.\/([\w.-]+\.js)["'`]/g;

/**
 * Makes the archive for machines with a Node and without a desktop: command, page, helper, and what is written about them. The same bytes
 * for the same sources and date. Returns its path.
 */
export function makeServerArchive(outputDir: string, version: string, date: Date): string {
  const name = `lifeboat-${version}-server`;
  const archive = join(outputDir, `${name}.tar.gz`);
  const work = mkdtempSync(join(tmpdir(), 'lifeboat-server-'));
  try {
    fillFolder(join(work, name), version, date);
    mkdirSync(outputDir, { recursive: true });
    execFileSync('tar', [
      ...['--create', `--file=${archive}`, `--directory=${work}`, '--use-compress-program=gzip -9n'],
      ...['--sort=name', '--owner=root:0', '--group=root:0', '--mode=u=rwX,go=rX'],
      `--mtime=@${Math.floor(date.getTime() / 1000)}`,
      name,
    ]);
  } finally {
    rmSync(work, { recursive: true });
  }
  return archive;
}

function fillFolder(folder: string, version: string, date: Date): void {
  const lib = join(folder, 'lib');
  mkdirSync(lib, { recursive: true });
  const copy = (from: string, to: string) => {
    cpSync(at(from), join(folder, to), { recursive: true });
  };
  for (const file of importsOf('lifeboat.js')) copy(`out/main/${file}`, `lib/main/${file}`);
  copy('out/helper/helper.cjs', 'lib/helper/helper.cjs');
  copy('out/renderer', 'lib/renderer');
  copy('packaging/bin/lifeboat-server', 'bin/lifeboat');
  copy('LICENSE', 'LICENSE');
  copy('README.md', 'README.md');
  writeFileSync(join(folder, 'LICENSES.third-party.txt'), thirdPartyLicences());
  // Without it Node would have to find out that these are modules.
  writeFileSync(
    join(lib, 'package.json'),
    `${JSON.stringify({ name: 'lifeboat', version, type: 'module' })}\n`,
  );
  writeTexts(join(folder, 'share'), date);
}

/** A built module and all that it needs of the others: the desktop's own stay out. */
function importsOf(entry: string): ReadonlySet<string> {
  const found = new Set([entry]);
  for (const file of found)
    for (const [, name = ''] of readFileSync(at(`out/main/${file}`), 'utf8').matchAll(OWN_IMPORT))
      if (existsSync(at(`out/main/${name}`))) found.add(name);
  return found;
}
