/**
 * `npm run package`: builds when that is needed and makes the packages in `dist/`. `npm run package -- deb server` makes only those;
 * `--arch=arm64` for the other processor, `--output=DIR`, and `--electron-dist=DIR` for an unpacked Electron that is there already.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Arch, build, Platform } from 'electron-builder';
import { buildWhenNeeded } from '../scripts/builder.ts';
import packageJson from '../package.json' with { type: 'json' };
import { at, ROOT } from './paths.ts';
import { makeServerArchive } from './server-archive.ts';
import { writeSystemFiles } from './system-files.ts';
import { thirdPartyLicences } from './third-party.ts';

const TARGETS = ['deb', 'rpm', 'AppImage', 'server'] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    arch: { type: 'string', default: process.arch },
    output: { type: 'string', default: at('dist') },
    'electron-dist': { type: 'string' },
  },
});
const targets = TARGETS.filter((target) => positionals.length === 0 || positionals.includes(target));
const unknown = positionals.find((name) => !TARGETS.some((target) => target === name));
const arch = values.arch === 'x64' ? Arch.x64 : values.arch === 'arm64' ? Arch.arm64 : undefined;

if (unknown !== undefined || arch === undefined) {
  process.stderr.write(`There are the packages ${TARGETS.join(', ')}, for --arch=x64 and --arch=arm64.\n`);
  process.exitCode = 2;
} else if (buildWhenNeeded()) {
  try {
    await makePackages(arch);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`\nNot all packages could be made: ${why}\n`);
    process.exitCode = 1;
  }
} else {
  process.exitCode = 1;
}

async function makePackages(forArch: Arch): Promise<void> {
  process.umask(0o022);
  const output = resolve(values.output);
  const date = releaseDate();
  if (targets.includes('server')) {
    process.stdout.write(`${makeServerArchive(output, packageJson.version, date)}\n`);
  }
  const desktop = targets.filter((target) => target !== 'server');
  if (desktop.length === 0) return;
  writeSystemFiles(at('out/system-files'), date);
  writeFileSync(at('out/LICENSES.third-party.txt'), thirdPartyLicences());
  const electronDist = values['electron-dist'];
  const files = await build({
    projectDir: ROOT,
    targets: Platform.LINUX.createTarget(desktop, forArch),
    publish: 'never',
    config: {
      directories: { output },
      ...(electronDist === undefined ? {} : { electronDist: resolve(electronDist) }),
    },
  });
  for (const file of files) process.stdout.write(`${file}\n`);
}

/** Of the last commit, so that the same sources give the same pages; of today where there is no git. */
function releaseDate(): Date {
  const epoch = process.env['SOURCE_DATE_EPOCH'];
  if (epoch !== undefined) return new Date(Number(epoch) * 1000);
  try {
    return new Date(
      execFileSync('git', ['log', '-1', '--format=%cI'], { cwd: ROOT, encoding: 'utf8' }).trim(),
    );
  } catch {
    return new Date();
  }
}
