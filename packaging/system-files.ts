import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createProgram } from '../src-main/cli/program.ts';
import { at } from './paths.ts';
import { bashCompletion } from './text/bash-completion.ts';
import { commandTable } from './text/command-table.ts';
import { fishCompletion } from './text/fish-completion.ts';
import { manPage } from './text/man-page.ts';
import { zshCompletion } from './text/zsh-completion.ts';

/** Where deb and rpm put the program; electron-builder makes it of `productName`. */
const INSTALLED = '/opt/Lifeboat';

/** What is written about the command, by its place below a `share` folder. */
export function writeTexts(share: string, date: Date): void {
  const table = commandTable(createProgram());
  write(join(share, 'man/man1/lifeboat.1.gz'), gzipSync(manPage(table, date), { level: 9 }));
  write(join(share, 'bash-completion/completions/lifeboat'), bashCompletion(table));
  write(join(share, 'zsh/vendor-completions/_lifeboat'), zshCompletion(table));
  write(join(share, 'fish/vendor_completions.d/lifeboat.fish'), fishCompletion(table));
}

/**
 * The tree of files that deb and rpm put outside of their own folder: electron-builder.yml gives it to fpm as a whole. What is in
 * the package itself is taken away by the package manager, so that no script has to.
 */
export function writeSystemFiles(root: string, date: Date): void {
  rmSync(root, { recursive: true, force: true });
  writeTexts(join(root, 'usr/share'), date);
  // Debian's zsh looks in vendor-completions, that of all others in site-functions.
  const zsh = join(root, 'usr/share/zsh');
  mkdirSync(join(zsh, 'site-functions'));
  symlinkSync('../vendor-completions/_lifeboat', join(zsh, 'site-functions/_lifeboat'));
  for (const [file, folder] of [
    ['packaging/linux/io.github.lifeboat-oom.lifeboat.policy', 'usr/share/polkit-1/actions'],
    ['packaging/linux/io.github.lifeboat_oom.Lifeboat.metainfo.xml', 'usr/share/metainfo'],
  ] as const)
    copy(at(file), join(root, folder, basename(file)));
  copy(at('packaging/linux/copyright'), join(root, 'usr/share/doc/lifeboat/copyright'));
  writeIcons(join(root, 'usr/share/icons/hicolor'));
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  symlinkSync(`${INSTALLED}/resources/bin/lifeboat`, join(root, 'usr/bin/lifeboat'));
}

/** The icon that scales, and the name of the program for all: electron-builder calls the PNGs as the executable is called. */
function writeIcons(theme: string): void {
  copy(at('packaging/icons/lifeboat.svg'), join(theme, 'scalable/apps/lifeboat.svg'));
  for (const png of readdirSync(at('packaging/icons/png'))) {
    const folder = join(theme, basename(png, '.png'), 'apps');
    mkdirSync(folder, { recursive: true });
    symlinkSync('lifeboat-desktop.png', join(folder, 'lifeboat.png'));
  }
  symlinkSync('lifeboat.svg', join(theme, 'scalable/apps/lifeboat-desktop.svg'));
}

function write(path: string, text: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o644 });
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, 0o644);
}
