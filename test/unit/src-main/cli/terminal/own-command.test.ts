import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ownCommand } from '../../../../../src-main/cli/terminal/own-command.ts';

/** A checkout with a command, a folder with a link to it, and one with another program of that name. */
function folders() {
  const root = mkdtempSync(join(tmpdir(), 'lifeboat own '));
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
  });
  for (const name of ['bin', 'linked', 'other']) mkdirSync(join(root, name));
  const bin = join(root, 'bin/lifeboat');
  writeFileSync(bin, '');
  symlinkSync(bin, join(root, 'linked/lifeboat'));
  writeFileSync(join(root, 'other/lifeboat'), '');
  return { bin, linked: join(root, 'linked'), other: join(root, 'other'), none: join(root, 'none') };
}

it('is the name where PATH leads to it, and else the path as a word for a shell', () => {
  const { bin, linked, other, none } = folders();
  expect(ownCommand(bin, `${none}::${linked}:${other}`)).toBe('lifeboat');
  expect(ownCommand(bin, `${other}:${linked}`)).toBe(`'${bin}'`);
  expect(ownCommand(bin, none)).toBe(`'${bin}'`);
  expect(ownCommand(bin, undefined)).toBe(`'${bin}'`);
});

it('is the name where a package has its command elsewhere', () => {
  const { none, other } = folders();
  expect(ownCommand(join(none, 'lifeboat'), other)).toBe('lifeboat');
});
