import { globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { readFuses } from './support/electron-stand-in.ts';
import { asarFiles, output, packageFile, temporaryFolder, unpacked } from './support/packages.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What is Lifeboat's own in the folder of the program: all that a real Electron would not have brought. */
function ownFiles(): readonly string[] {
  return readdirSync(join(unpacked(), 'resources'), { recursive: true, encoding: 'utf8' })
    .map((name) => join(unpacked(), 'resources', name))
    .filter((path) => statSync(path).isFile());
}

describe('the folder of the program', () => {
  it('has all that was built: the desktop’s own code in the archive, and beside it what a Node without asar and root have to read', () => {
    const files = [...asarFiles(join(unpacked(), 'resources/app.asar'))];
    const inside = files.filter(([, place]) => place === 'inside').map(([name]) => name);
    expect(inside.sort()).toEqual(['out/main/desktop.js', 'out/preload/preload.cjs']);
    const built = globSync('out/{main,preload,helper,renderer}/**/*.*', { cwd: ROOT }).filter(
      (name) => !name.endsWith('.sha256'),
    );
    expect(files.map(([name]) => name).sort()).toEqual([...built, 'package.json'].sort());
  });

  it('has nothing that is not needed: no packages, no Node, no sources, no maps, one language of Chromium', () => {
    const unneeded = /node_modules|\/node$|\.ts$|\.map$|\.svelte$|\.sha256$|lifeboat-server$/;
    expect(ownFiles().filter((path) => unneeded.test(path))).toEqual([]);
    expect(readdirSync(join(unpacked(), 'locales'))).toEqual(['en-US.pak']);
  });

  it('brings its own licence and those of the packages that are bundled into it', () => {
    const resources = join(unpacked(), 'resources');
    expect(readFileSync(join(resources, 'LICENSE.lifeboat.txt'), 'utf8')).toMatch(/^MIT License/);
    expect(readFileSync(join(resources, 'LICENSES.third-party.txt'), 'utf8')).toMatch(/^svelte \d/m);
  });

  it('adds less than 3 MiB to Electron', () => {
    const bytes = ownFiles().reduce((sum, path) => sum + statSync(path).size, 0);
    expect(bytes).toBeGreaterThan(500_000);
    expect(bytes).toBeLessThan(3 << 20);
  });

  it('has its switches set: a Node for the command and the helper, and nothing of it for others', () => {
    expect(readFuses(join(unpacked(), 'lifeboat-desktop'))).toEqual({
      runAsNode: true,
      cookieEncryption: false,
      nodeOptions: false,
      nodeCliInspect: false,
      asarIntegrity: false,
      onlyLoadAppFromAsar: true,
      browserV8Snapshot: false,
      fileProtocolPrivileges: false,
    });
  });

  it('can be written to by its owner alone', () => {
    const weak = readdirSync(unpacked(), { recursive: true, encoding: 'utf8' }).filter(
      (name) => (statSync(join(unpacked(), name)).mode & 0o7022) !== 0,
    );
    expect(weak).toEqual([]);
  });
});

describe('what the package manager reads', () => {
  it('asks for the libraries without which not even the command starts', () => {
    const deb = output('dpkg-deb', '--field', packageFile('.deb'), 'Depends', 'Recommends');
    for (const name of ['libgtk-3-0', 'libnss3', 'libgbm1', 'libasound2t64 | libasound2'])
      expect(deb).toContain(name);
    expect(deb).toMatch(/^Recommends: .*\bpkexec\b/m);
    const rpm = output('rpm', '--query', '--package', '--requires', packageFile('.rpm'));
    for (const name of ['gtk3', 'nss', '(mesa-libgbm or libgbm1)', '(alsa-lib or libasound2)'])
      expect(rpm.split('\n')).toContain(name);
  });
});

describe('what the desktop reads', () => {
  function extracted(): string {
    const folder = temporaryFolder();
    output('dpkg-deb', '--extract', packageFile('.deb'), folder);
    return join(folder, 'usr/share');
  }

  it('has a valid desktop entry that opens the window', () => {
    const file = join(extracted(), 'applications/lifeboat.desktop');
    expect(output('desktop-file-validate', file)).toBe('');
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^Exec=\/opt\/Lifeboat\/lifeboat-desktop %U$/m);
    expect(text).toMatch(/^Icon=lifeboat-desktop$/m);
    expect(text).toMatch(/^StartupWMClass=lifeboat$/m);
  });

  it('has metainfo that AppStream accepts, of this version', () => {
    const file = join(extracted(), 'metainfo/io.github.lifeboat_oom.Lifeboat.metainfo.xml');
    expect(output('appstreamcli', 'validate', '--no-net', file)).toContain('Validation was successful');
    const [, newest] = /<release version="([^"]+)"/.exec(readFileSync(file, 'utf8')) ?? [];
    expect(newest).toBe(packageJson.version);
  });

  it('has the icon in every size, as large as its folder says, and as SVG', () => {
    const icons = join(extracted(), 'icons/hicolor');
    expect(readdirSync(icons).sort()).toEqual(
      [...[16, 24, 32, 48, 64, 128, 256, 512].map((size) => `${size}x${size}`), 'scalable'].sort(),
    );
    for (const folder of readdirSync(icons).filter((name) => name !== 'scalable')) {
      const png = readFileSync(join(icons, folder, 'apps/lifeboat-desktop.png'));
      expect(readFileSync(join(icons, folder, 'apps/lifeboat.png'))).toEqual(png);
      // Width and height are the first two numbers of the header (PNG, 11.2.2).
      expect(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`).toBe(folder);
    }
    for (const name of ['lifeboat', 'lifeboat-desktop'])
      expect(readFileSync(join(icons, `scalable/apps/${name}.svg`), 'utf8')).toMatch(/^<svg /);
  });
});
