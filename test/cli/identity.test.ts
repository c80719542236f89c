import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askIdentity } from '../../src-main/collect/machine/ask-identity.ts';

const PROGRAM = join(import.meta.dirname, '../../out/main/identity.js');

describe('the built program that says who the machine is', () => {
  it('names the distribution of this machine, and is understood', { timeout: 60_000 }, async () => {
    const name = /^NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
    const said = JSON.parse(execFileSync(process.execPath, [PROGRAM], { encoding: 'utf8' })) as object;
    expect(await askIdentity(PROGRAM)).toEqual(said);
    expect(said).toHaveProperty('distribution', expect.stringContaining(name.split(' ')[0] ?? '?'));
  });

  it('alone carries what it asks with: half a megabyte that every other start would read', () => {
    const folder = dirname(PROGRAM);
    const carrying = readdirSync(folder).filter((name) =>
      /node_modules\/systeminformation\//.test(readFileSync(join(folder, name), 'utf8')),
    );
    expect(carrying).toEqual(['identity.js']);
  });
});
