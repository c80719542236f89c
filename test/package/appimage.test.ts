import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RUNTIME_BYTES } from './support/build-packages.ts';
import { asarFiles, output, packageFile, temporaryFolder, unpacked } from './support/packages.ts';

/** What the runtime would mount. */
function mounted(): string {
  const folder = join(temporaryFolder(), 'mounted');
  output(
    'unsquashfs',
    '-quiet',
    '-no-progress',
    '-offset',
    String(RUNTIME_BYTES),
    '-dest',
    folder,
    packageFile('.AppImage'),
  );
  return folder;
}

describe('the AppImage', () => {
  it('has the same program as the other packages', () => {
    const folder = mounted();
    expect(asarFiles(join(folder, 'resources/app.asar'))).toEqual(
      asarFiles(join(unpacked(), 'resources/app.asar')),
    );
    for (const file of ['resources/app.asar.unpacked/out/main/lifeboat.js', 'lifeboat-desktop', '.DirIcon'])
      expect(existsSync(join(folder, file))).toBe(true);
  });

  it('does not start without its sandbox by itself', () => {
    const entry = readFileSync(join(mounted(), 'lifeboat.desktop'), 'utf8');
    expect(entry).toMatch(/^Exec=AppRun %U$/m);
    expect(entry).not.toContain('no-sandbox');
  });

  it('starts the program by its AppRun', () => {
    const folder = mounted();
    const { stdout } = spawnSync(join(folder, 'AppRun'), ['--hidden'], { encoding: 'utf8' });
    expect(stdout).toMatch(/^window: .*--hidden$/m);
  });
});
