import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes, formatPages, parseBytes } from '#shared/format/bytes.ts';

describe('formatBytes', () => {
  it.for([
    { bytes: 0, text: '0' },
    { bytes: 512, text: '512 bytes' },
    { bytes: 999, text: '999 bytes' },
    { bytes: 1000, text: '1.0 KiB' },
    { bytes: 1024, text: '1.0 KiB' },
    { bytes: 102_348, text: '99.9 KiB' },
    { bytes: 102_400, text: '100 KiB' },
    { bytes: 999.4 * 1024, text: '999 KiB' },
    { bytes: 999.5 * 1024, text: '1.0 MiB' },
    { bytes: 3_221_225_472, text: '3.0 GiB' },
    { bytes: -3_221_225_472, text: '−3.0 GiB' },
    { bytes: 2 ** 50, text: '1.0 PiB' },
    { bytes: 2 ** 62, text: '4096 PiB' },
  ])('writes $bytes as $text', ({ bytes, text }) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('is within 5% of the truth and never longer than eight characters, for any memory there is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 48 }), (bytes) => {
        const [, figure = '', unit = ''] = /^([\d.]+) (\w+)$/.exec(formatBytes(bytes)) ?? [];
        const scale = 1024 ** ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'].indexOf(unit);
        expect(Math.abs(Number(figure) * scale - bytes) / bytes).toBeLessThan(0.0513);
        expect(figure.length).toBeLessThanOrEqual(4);
      }),
    );
  });
});

describe('formatPages', () => {
  it('knows that pages differ in size', () => {
    expect(formatPages(256, 4096)).toBe('1.0 MiB');
    expect(formatPages(256, 65_536)).toBe('16.0 MiB');
  });
});

describe('parseBytes', () => {
  it.for([
    ['4096', 4096],
    ['512M', 512 * 2 ** 20],
    ['512 MiB', 512 * 2 ** 20],
    ['1.5g', 1.5 * 2 ** 30],
    [' 2 TB ', 2 * 2 ** 40],
    ['0', 0],
    ['7 bytes', 7],
    ['0.0001k', 0],
    ['', undefined],
    ['max', undefined],
    ['-1', undefined],
    // Kubernetes: Documentation, resource management for pods and containers.
    ['300Mi', 300 * 2 ** 20],
    ['1Gi', 2 ** 30],
    ['64Ki', 2 ** 16],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['1P', 2 ** 50],
    ['129e6', 129_000_000],
    ['129E6', 129_000_000],
    ['1e9', 1e9],
    ['128974848000m', 128_974_848],
    ['8Ei', undefined],
    ['1e', undefined],
    ['1i', undefined],
    ['1.2.3M', undefined],
    ['9007199254740993', undefined],
    ['9999999T', undefined],
    ['5 eggs', undefined],
  ] as const)('reads %j as %o', ([text, bytes]) => {
    expect(parseBytes(text)).toBe(bytes);
  });
});
