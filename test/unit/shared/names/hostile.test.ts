import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean, MOST_GRAPHEMES } from '#shared/names/clean.ts';
import { parseDesktopEntry } from '#shared/names/desktop-entries/entry.ts';
import { execTarget } from '#shared/names/desktop-entries/exec.ts';
import { Namer } from '#shared/names/names.ts';
import { redactedCommand } from '#shared/names/redact.ts';
import { unitApplication } from '#shared/names/unit-app.ts';
import { CASES, taskOf, worldOf, type CaseProcess } from './case-world.ts';

const segmenter = new Intl.Segmenter('en');
const graphemes = (text: string): number => [...segmenter.segment(text)].length;

/** Text as a program may choose it: any UTF-16, and pieces that the tables look for. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200, size: 'max' }),
  fc
    .array(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 8 }),
        fc.constantFrom(
          ...[
            ' --type=renderer',
            '-contentproc',
            'postgres: ',
            'java',
            '-cp',
            '-m',
            'php-fpm: pool ',
            '/',
            '\\',
            '.exe',
          ],
          ...[
            'python3',
            '-name',
            'guest=',
            'nginx: worker process',
            '\u202e',
            '\u0000',
            '\n',
            '…',
            'e\u0301',
            '\ud83d',
          ],
        ),
      ),
      { maxLength: 10 },
    )
    .map((parts) => parts.join('')),
);

const programs = [
  'java',
  'python3',
  'node',
  'bash',
  'busybox',
  'postgres',
  'qemu-system-x86_64',
  'cc1plus',
  'chrome',
  'sudo',
];
const cgroups = CASES.unitVectors.map(({ path }) => path);

const process = fc.record({
  pid: fc.integer({ min: 1, max: 4 }),
  ppid: fc.integer({ min: 0, max: 4 }),
  uid: fc.constantFrom(0, 1000),
  comm: hostile,
  argv: fc.array(hostile, { maxLength: 6 }),
  exe: fc.oneof(
    fc.constant(null),
    hostile,
    fc.constantFrom(...programs).map((name) => `/usr/bin/${name}`),
  ),
  cgroup: fc.oneof(hostile, fc.constantFrom(...cgroups)),
  tty: fc.boolean(),
});

describe('names from hostile processes', () => {
  it('are never longer than 40 graphemes, and hold nothing that harms a terminal', () => {
    fc.assert(
      fc.property(fc.array(process, { minLength: 1, maxLength: 4 }), (all) => {
        const [first, ...others] = all as readonly CaseProcess[];
        if (first === undefined) return;
        const found = new Namer(worldOf({ process: first, others })).of(taskOf(first));
        const { label, role, app, within } = found;
        for (const text of [label, role, app?.name ?? '', within ?? '', found.owner.name]) {
          expect(graphemes(text)).toBeLessThanOrEqual(MOST_GRAPHEMES);
          expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        }
        expect(label).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });

  it('are cleaned to at most 40 graphemes, the same when cleaned twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400, size: 'max' }), (raw) => {
        const shown = clean(raw);
        expect(graphemes(shown)).toBeLessThanOrEqual(MOST_GRAPHEMES);
        expect(shown.isWellFormed()).toBe(true);
        expect(clean(shown)).toBe(shown);
      }),
    );
  });

  it('keep a grapheme of thousands of marks short', () => {
    expect(clean(`a${'\u0301'.repeat(4_000)}`).length).toBeLessThan(200);
  });

  it('never make a parser throw', () => {
    fc.assert(
      fc.property(hostile, fc.array(hostile, { maxLength: 6 }), (text, argv) => {
        unitApplication(`/a.slice/${text}.scope`);
        unitApplication(text);
        parseDesktopEntry(text);
        parseDesktopEntry(`[Desktop Entry]\nName=${text}\nExec=${text}`);
        execTarget(text);
        expect(typeof redactedCommand(argv)).toBe('string');
      }),
    );
  });
});
