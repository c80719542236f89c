import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FileTree } from '../../../../src-main/file-tree.ts';
import { dataPlaces } from '../../../../src-main/names/data-places.ts';
import { iconType } from '../../../../src-main/names/icon-file.ts';
import { Icons } from '../../../../src-main/names/icons.ts';
import { webIcons } from '../../../../src-main/transport/web-icons.ts';
import { writeAt } from './named-tree.ts';

/** The head of a PNG, which is all that is looked at. */
function png(width = 48, height = 48): Buffer {
  const head = Buffer.alloc(64);
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).copy(head);
  head.write('IHDR', 12, 'latin1');
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return head;
}
const SVG = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>';
const APP = '/usr/share/icons/hicolor/48x48/apps/app.png';

function iconsIn(files: Readonly<Record<string, string | Uint8Array>>) {
  const root = mkdtempSync(join(tmpdir(), 'lifeboat-icons-'));
  onTestFinished(() => {
    rmSync(root, { recursive: true });
  });
  writeAt(root, '/etc/passwd', 'ann:x:1000:1000::/home/ann:/bin/sh\n');
  for (const [path, content] of Object.entries(files)) writeAt(root, path, content);
  const tree = new FileTree(root);
  return { root, icons: new Icons(tree, dataPlaces(tree, {}, '/home/ann', 1000)) };
}

describe('icons', () => {
  it.each([
    ['in hicolor', APP, 'app'],
    ['with an ending in Icon=', APP, 'app.png'],
    ['scalable', '/usr/share/icons/hicolor/scalable/apps/app.svg', 'app'],
    ['of Breeze', '/usr/share/icons/breeze/apps/48/app.svg', 'app'],
    ['of a flatpak', '/var/lib/flatpak/exports/share/icons/hicolor/128x128/apps/app.png', 'app'],
    ['of the user', '/home/ann/.local/share/icons/hicolor/64x64/apps/app.png', 'app'],
    ['without a theme', '/usr/share/pixmaps/app.png', 'app'],
    [
      'of a snap, by its path',
      '/snap/firefox/current/default256.png',
      '/snap/firefox/current/default256.png',
    ],
  ])('are found %s', (_, path, icon) => {
    const { icons } = iconsIn({ [path]: path.endsWith('svg') ? SVG : png() });
    const address = icons.addressOf('app', icon);
    expect(address).toMatch(/^[0-9a-f]{16}$/);
    expect(icons.at(address ?? '')?.contentType).toBe(path.endsWith('svg') ? 'image/svg+xml' : 'image/png');
  });

  it.each([
    ['outside of the folders for icons', '/etc/shadow', '/etc/shadow'],
    ['elsewhere in a home', '/home/ann/.ssh/app.png', '/home/ann/.ssh/app.png'],
    ['with a way out in the name', APP, '../../../../../etc/passwd'],
    ['with a NUL', APP, 'app\0'],
  ])('are none %s', (_, path, icon) => {
    expect(iconsIn({ [path]: png() }).icons.addressOf('app', icon)).toBeUndefined();
  });

  it('do not follow a link out of the folders for icons', () => {
    const { root, icons } = iconsIn({ '/home/ann/secret.png': png(), '/usr/share/pixmaps/x': '' });
    symlinkSync('/home/ann/secret.png', `${root}/usr/share/pixmaps/app.png`);
    expect(icons.addressOf('app', 'app')).toBeUndefined();
  });

  it('are served from the list that was given out, with a policy of their own', () => {
    const { icons } = iconsIn({ [APP]: png() });
    const serve = webIcons(icons);
    const address = icons.addressOf('app', 'app') ?? '';
    expect(serve(`/icons/${address}`)).toMatchObject({
      contentType: 'image/png',
      policy: expect.stringContaining('sandbox') as string,
    });
    for (const path of [
      '/icons/0123456789abcdef',
      `/icons/${address}/x`,
      `/icons/${APP}`,
      '/icons/',
      `/icons/..%2f${address}`,
    ])
      expect(serve(path)).toBeUndefined();
  });
});

describe('iconType', () => {
  it.each<[string, Buffer | string]>([
    ['a picture of 2,000 pixels', png(2000, 48)],
    ['a PNG without a size', png(0, 0)],
    ['a cut PNG', png().subarray(0, 20)],
    ['an XPM', '/* XPM */ static char *x[] = {'],
    ['a page', '<!doctype html><script>alert(1)</script>'],
    ['an SVG with entities', '<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg/>'],
    ['an SVG that uses itself thousands of times', `<svg>${'<use href="#a"/>'.repeat(1000)}</svg>`],
    ['a text with a NUL', '<svg>\0</svg>'],
    ['more than 256 KiB', `<svg>${' '.repeat(256 * 1024)}</svg>`],
    ['nothing', ''],
  ])('refuses %s', (_, content) => {
    expect(iconType(Buffer.from(content))).toBeUndefined();
  });
});
