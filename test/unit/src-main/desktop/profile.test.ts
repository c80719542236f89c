import { existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { profileFolder } from '../../../../src-main/desktop/profile.ts';
import { temporaryDir } from '../../../helpers/web-client.ts';

it('is below the state folder, made for the owner alone', () => {
  const log: string[] = [];
  const state = join(temporaryDir(), 'state', 'lifeboat');
  const folder = profileFolder(state, '/nowhere', (line) => log.push(line));
  expect(folder).toBe(join(state, 'window'));
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(log).toEqual([]);
});

it('is a folder of this start alone where the state folder cannot be had, and the log says so', () => {
  const log: string[] = [];
  const file = join(temporaryDir(), 'file');
  writeFileSync(file, '');
  const temporary = temporaryDir();
  const folder = profileFolder(file, temporary, (line) => log.push(line));
  expect(dirname(folder)).toBe(temporary);
  expect(existsSync(folder)).toBe(true);
  expect(log).toEqual([
    `${file}/window cannot be written (ENOTDIR). The window does without what it remembers.`,
  ]);
});
