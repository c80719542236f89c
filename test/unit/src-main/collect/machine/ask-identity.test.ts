import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askIdentity } from '../../../../../src-main/collect/machine/ask-identity.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-identity-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A program in the place of the real one. */
function program(text: string): string {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.js`);
  writeFileSync(path, text);
  return path;
}

describe('askIdentity', () => {
  it('takes what the program says', async () => {
    const said = { distribution: 'Debian GNU/Linux 12', virtualization: 'KVM' };
    expect(
      await askIdentity(program(`process.stdout.write(${JSON.stringify(JSON.stringify(said))})`)),
    ).toEqual(said);
  });

  it.each([
    ['what is no JSON', `process.stdout.write('{')`],
    ['what has another shape', `process.stdout.write('{"distribution":7}')`],
    ['what is too long', `process.stdout.write(JSON.stringify({ distribution: 'x'.repeat(1e6) }))`],
    ['a program that fails', `process.stdout.write('{"distribution":"x"}'); process.exitCode = 3`],
  ])('knows nothing from %s', async (_what, text) => {
    expect(await askIdentity(program(text))).toEqual({});
  });

  it('knows nothing where there is no program', async () => {
    expect(await askIdentity(join(folder, 'none.js'))).toEqual({});
  });

  it('ends a program that does not', async () => {
    expect(await askIdentity(program('setInterval(() => {}, 1000)'), 300)).toEqual({});
  });
});
