import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wslFinding } from '#shared/words/en/wsl/findings.ts';
import { readWslSettings } from '#shared/wsl/read-settings.ts';
import { type WslFileKind } from '#shared/wsl/keys.ts';
import { inForce, utf8 } from './settings-cases.ts';

const kinds = fc.constantFrom<WslFileKind>('wslconfig', 'wsl.conf');
const UNITS = {
  '': 1,
  B: 1,
  K: 2 ** 10,
  KB: 2 ** 10,
  M: 2 ** 20,
  MB: 2 ** 20,
  G: 2 ** 30,
  GB: 2 ** 30,
} as const;
const units = fc.constantFrom(...(Object.keys(UNITS) as (keyof typeof UNITS)[]));
const boolean = fc
  .boolean()
  .chain((is) =>
    fc.constantFrom(...(is ? ['true', '1', 'True'] : ['false', '0', 'FALSE'])).map((text) => ({ text, is })),
  );

/** A line that is right, and what it means. */
const rightLines = fc.uniqueArray(
  fc.oneof(
    fc.tuple(fc.integer({ min: 1, max: 999_999 }), units).map(([count, unit]) => ({
      section: 'wsl2',
      line: `swap=${count}${unit}`,
      means: { swapBytes: count * UNITS[unit] },
    })),
    fc.integer({ min: 128, max: 2 ** 20 }).map((pairs) => ({
      section: 'wsl2',
      line: `memory=${2 * pairs}MB`,
      means: { memoryBytes: 2 * pairs * 2 ** 20 },
    })),
    fc.integer({ min: 1, max: 128 }).map((processors) => ({
      section: 'wsl2',
      line: `processors=${processors}`,
      means: { processors },
    })),
    boolean.map(({ text, is }) => ({
      section: 'wsl2',
      line: `guiApplications=${text}`,
      means: { guiApplications: is },
    })),
    boolean.map(({ text, is }) => ({
      section: 'experimental',
      line: `sparseVhd=${text}`,
      means: { sparseVhd: is },
    })),
    fc.constantFrom('gradual', 'dropCache', 'disabled').map((mode) => ({
      section: 'experimental',
      line: `autoMemoryReclaim=${mode}`,
      means: { autoMemoryReclaim: mode },
    })),
    fc.stringMatching(/^[a-z_]{1,8}(?:=[a-z0-9]{1,4})?$/).map((text) => ({
      section: 'wsl2',
      line: `kernelCommandLine=${text}`,
      means: { kernelCommandLine: text },
    })),
  ),
  { selector: ({ line }) => line.split('=')[0] },
);

describe('the reading of settings', () => {
  it('takes any bytes, and says something of lines that are there', () => {
    const pieces = fc.constantFrom(
      '[wsl2]',
      '[',
      ']',
      'memory',
      '=',
      '8GB',
      '\\',
      '"',
      '#',
      '\n',
      '\r',
      '\r\n',
      '\0',
      '\u0444',
      '\u001a',
      ' ',
      'swap=x',
    );
    const texts = fc.array(pieces, { maxLength: 40, size: 'max' }).map((parts) => utf8(parts.join('')));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200, size: 'max' }), texts), kinds, (file, kind) => {
        const { findings } = readWslSettings(file, kind);
        const lines = Buffer.from(file)
          .toString('latin1')
          .split(/\r\n|\r|\n/).length;
        for (const finding of findings) {
          expect(finding.line).toBeGreaterThanOrEqual(1);
          expect(finding.line).toBeLessThanOrEqual(lines);
          expect(wslFinding(finding)).not.toMatch(/undefined|\[object/);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('finds nothing in what is right, and reads every value', () => {
    const ends = fc.constantFrom('\n', '\r\n');
    fc.assert(
      fc.property(rightLines, ends, fc.boolean(), (lines, end, isLastEnded) => {
        const text = lines
          .flatMap(({ section, line }) => [`[${section}]`, `# ${line}`, '', `  ${line} # right`])
          .join(end);
        const read = readWslSettings(utf8(isLastEnded ? text + end : text), 'wslconfig');
        expect(read.findings).toEqual([]);
        expect(inForce(read)).toEqual(Object.assign({}, ...lines.map(({ means }) => means)));
      }),
      { numRuns: 200 },
    );
  });

  it('offers corrections that leave nothing of what they correct', () => {
    const wrong = fc.constantFrom(
      'memory=8gb',
      'memory=4.5GB',
      'memory=4 GB',
      'memory=8',
      'swapFile=C:\\temp\\swap.vhdx',
      'swapFile=D:\\new',
      'swapFile=D:\\',
      '; note',
      '[wsl 2]',
      '[wsl2] ; mine',
      'memory: 8GB',
      'swap-file=x',
      'memroy=8GB',
      'guiApplications=yes',
      'processors=8 cores',
      'autoMemoryReclaim=gradual',
      'memory="8GB',
      '[wsl]',
      'swapFile="D:\\swap\\"',
      '// note',
      'wsl2.memory=8GB',
    );
    fc.assert(
      fc.property(wrong, fc.boolean(), (line, goesOn) => {
        const file = (text: string) => utf8(`[wsl2]\n${text}\n${goesOn ? 'vmIdleTimeout=1000\n' : ''}`);
        const [found] = readWslSettings(file(line), 'wslconfig').findings;
        expect(found).toMatchObject({ line: 2 });
        const { findings } = readWslSettings(file(found?.correction ?? ''), 'wslconfig');
        expect(found?.correction).not.toBeUndefined();
        expect(findings).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    { what: 'bad lines', line: ';\n' },
    { what: 'unknown keys', line: 'abc=1\n' },
    { what: 'one value', line: 'x' },
    { what: 'open brackets', line: '[' },
    { what: 'joined lines', line: 'a=\\\n' },
  ])('reads 1 MiB of $what in bounded time', ({ line }) => {
    const file = utf8(`[wsl2]\nkernelCommandLine=${line.repeat(2 ** 20 / line.length)}`);
    const before = process.cpuUsage();
    readWslSettings(file, 'wslconfig');
    const { user } = process.cpuUsage(before);
    expect(user / 1e6).toBeLessThan(5);
  });
});
