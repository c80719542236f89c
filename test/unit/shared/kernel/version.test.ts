import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atLeast, parseKernelVersion } from '#shared/kernel/version.ts';

describe('parseKernelVersion', () => {
  it.for([
    ['6.12.107+deb12-amd64', 6, 12, 107],
    ['4.18.0-553.8.1.el8_10.x86_64', 4, 18, 0],
    ['6.6.87.2-microsoft-standard-WSL2', 6, 6, 87],
    ['5.4.0-77-generic', 5, 4, 0],
    ['2.6.32-642.11.1.el6.x86_64', 2, 6, 32],
    ['6.16', 6, 16, 0],
    ['7.0-rc3', 7, 0, 0],
    ['4.4.302\n', 4, 4, 302],
    ['5.10.99999999-x', 5, 10, 0],
  ] as const)('reads %s', ([release, major, minor, patch]) => {
    expect(parseKernelVersion(release)).toEqual({ major, minor, patch });
  });

  it.for([
    '',
    '6',
    '6.',
    '.6.1',
    ' 6.1',
    '\n6.1.0',
    'v6.1.0',
    '-6.1.0',
    '6.x',
    '6.-1',
    '6,1',
    'NaN.NaN',
    '99999.1',
    '6.12345',
    '٦.١.٠',
  ])('refuses %j', (release) => {
    expect(parseKernelVersion(release)).toBeUndefined();
  });

  it('gives whole numbers or nothing for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.]{0,20}$/)), (text) => {
        const version = parseKernelVersion(text);
        for (const number of Object.values(version ?? {})) {
          expect(number).toSatisfy((value: number) => Number.isInteger(value) && value <= 9999);
        }
      }),
    );
  });

  it('gives back the numbers that a release was made of', () => {
    const number = fc.integer({ min: 0, max: 9999 });
    fc.assert(
      fc.property(
        number,
        number,
        number,
        fc.constantFrom('', '-generic', '+', '.7'),
        (major, minor, patch, rest) => {
          expect(parseKernelVersion(`${major}.${minor}.${patch}${rest}`)).toEqual({ major, minor, patch });
        },
      ),
    );
  });
});

describe('atLeast', () => {
  const version = { major: 5, minor: 9, patch: 3 };

  it.for([
    { than: [5, 9, 3], answer: true },
    { than: [5, 9, 4], answer: false },
    { than: [5, 10, 0], answer: false },
    { than: [5, 8, 99], answer: true },
    { than: [4, 99, 99], answer: true },
    { than: [6, 0, 0], answer: false },
  ] as const)('5.9.3 at least $than: $answer', ({ than: [major, minor, patch], answer }) => {
    expect(atLeast(version, major, minor, patch)).toBe(answer);
  });

  it('asks for any patch level when none is given', () => {
    expect([atLeast(version, 5, 9), atLeast(version, 5, 10)]).toEqual([true, false]);
  });
});
