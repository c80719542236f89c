import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../..');
const files = execFileSync('git', ['-C', ROOT, 'ls-files', '-z', '-co', '--exclude-standard'], {
  encoding: 'utf8',
  maxBuffer: 2 ** 26,
})
  .split('\0')
  .filter((name) => name !== '');
const known = new Set(files);
const names = new Set(files.map((file) => basename(file)));
const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** A path from the top of the project to a file of it. */
const PATH =
  /(?<![\w./#-])(?:src-main|src-renderer|shared|test|packaging|scripts|docs)\/[\w./-]+\.(?:ts|svelte|js|c|md)\b/g;

function missingPaths(file: string, lines: readonly string[]): readonly string[] {
  return lines
    .flatMap((line) => line.match(PATH) ?? [])
    .filter((path) => !known.has(path))
    .map((path) => `${file}: ${path}`);
}

describe('the documents', () => {
  const documents = files.filter((file) => /^(?:README|CONTRIBUTING|docs\/[\w-]+)\.md$/.test(file));

  it('name files that are there', () => {
    expect(documents.length).toBeGreaterThan(5);
    const missing = documents.flatMap((file) => {
      const text = textOf(file);
      const alone = [...text.matchAll(/`([\w-]+\.(?:svelte\.)?(?:ts|svelte))`/g)].map(
        ([, name = '']) => name,
      );
      return [
        ...missingPaths(file, text.split('\n')),
        ...alone.filter((name) => !names.has(name)).map((name) => `${file}: ${name}`),
      ];
    });
    expect(missing).toEqual([]);
  });

  it('name tests that are there', () => {
    const tests = files
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => `/${file.slice(0, -'.test.ts'.length)}`);
    const text = textOf('docs/security.md');
    const named = [...text.matchAll(/`(unit|helper|e2e|system|cli) … ([\w/-]+)`/g)];
    expect(named.length).toBeGreaterThan(10);
    const missing = named.filter(
      ([, suite = '', name = '']) =>
        !tests.some((test) => test.startsWith(`/test/${suite}/`) && test.endsWith(`/${name}`)),
    );
    expect(missing.map(([whole]) => whole)).toEqual([]);
  });

  it('name scripts that package.json has', () => {
    const called = documents.flatMap((file) =>
      [...textOf(file).matchAll(/npm run ([a-z]+(?::[a-z]+)*)/g)].map(([, script = '']) => script),
    );
    expect(called.filter((script) => !Object.keys(packageJson.scripts).includes(script))).toEqual([]);
    expect(called).toEqual(expect.arrayContaining(['build', 'lab', 'fuzz', 'bench']));
  });
});

describe('all files', () => {
  it('name attacks that there are', () => {
    const called = files
      .filter((file) => /\.(?:ts|md|yml)$/.test(file))
      .flatMap((file) =>
        [...textOf(file).matchAll(/npm run fuzz -- ([a-z-]+)/g)].map(
          ([, attack = '']) => [file, attack] as const,
        ),
      );
    expect(called.length).toBeGreaterThan(5);
    expect(called.filter(([, attack]) => !known.has(`test/fuzz/${attack}.ts`))).toEqual([]);
  });
});

describe('comments', () => {
  it('name files that are there', () => {
    const sources = files.filter((file) =>
      /^(?:src-main|src-renderer|shared|scripts|packaging|test)\/.*\.(?:ts|svelte|js|c)$/.test(file),
    );
    const missing = sources.flatMap((file) => {
      const lines = textOf(file).split('\n');
      return missingPaths(
        file,
        lines.filter((line) => /^\s*(?:\/\/|\/?\*|<!--)/.test(line)),
      );
    });
    expect(missing).toEqual([]);
  });
});
