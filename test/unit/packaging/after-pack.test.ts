import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AfterPackContext } from 'electron-builder';
import { expect, it, onTestFinished } from 'vitest';
import afterPack from '../../../packaging/after-pack.ts';

it('leaves only the owner the right to write, whatever the umask and the checkout gave, and follows no link', () => {
  const outside = mkdtempSync(join(tmpdir(), 'lifeboat-after-pack-'));
  onTestFinished(() => {
    rmSync(outside, { recursive: true });
  });
  const appOutDir = join(outside, 'app');
  mkdirSync(join(appOutDir, 'resources'), { recursive: true });
  const files = [
    { name: 'outside', path: join(outside, 'outside'), mode: 0o666, after: 0o666 },
    { name: 'program', path: join(appOutDir, 'program'), mode: 0o775, after: 0o755 },
    { name: 'sandbox', path: join(appOutDir, 'sandbox'), mode: 0o4755, after: 0o755 },
    { name: 'helper', path: join(appOutDir, 'resources/helper.cjs'), mode: 0o664, after: 0o644 },
    { name: 'private', path: join(appOutDir, 'resources/private'), mode: 0o600, after: 0o644 },
  ];
  for (const { path, mode } of files) {
    writeFileSync(path, '');
    chmodSync(path, mode);
  }
  symlinkSync(join(outside, 'outside'), join(appOutDir, 'link'));
  for (const folder of [appOutDir, join(appOutDir, 'resources')]) chmodSync(folder, 0o775);
  afterPack({ appOutDir } as AfterPackContext);
  const modes = files.map(({ name, path }) => [name, statSync(path).mode & 0o7777]);
  expect(modes).toEqual(files.map(({ name, after }) => [name, after]));
  expect(statSync(appOutDir).mode & 0o7777).toBe(0o755);
  expect(statSync(join(appOutDir, 'resources')).mode & 0o7777).toBe(0o755);
});
