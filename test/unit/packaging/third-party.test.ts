import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { thirdPartyLicences } from '../../../packaging/third-party.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Packages of npm that the program imports, and so contains. Electron is beside it. */
function imported(): readonly string[] {
  const names = new Set<string>();
  for (const file of globSync('{shared,src-main,src-renderer}/**/*.{ts,svelte}', { cwd: ROOT }))
    for (const [, name = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(
      /\b(?:from |import |import\()'((?:@[^/']+\/)?[^/']+)/g,
    ))
      names.add(name);
  return [...names].filter((name) => name !== 'electron' && Object.hasOwn(packageJson.devDependencies, name));
}

describe('thirdPartyLicences', () => {
  it('has a section with the text for every package that is imported, and for what these bring', () => {
    const text = thirdPartyLicences();
    expect(imported()).toEqual(
      expect.arrayContaining(['chart.js', 'commander', 'svelte', 'systeminformation', 'ws']),
    );
    for (const name of [...imported(), '@kurkle/color', 'clsx'])
      expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+`, 'm'));
    expect(text.match(/Permission is hereby granted/g)).toHaveLength(text.split('-'.repeat(80)).length - 1);
  });
});
