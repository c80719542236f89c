import { describe, expect, it } from 'vitest';
import { parsePressure, readPressure } from '../../../../src-main/proc/pressure.ts';
import { CAPTURED, transcribed } from '../../../helpers/captured.ts';
import { procTree } from '../../../helpers/proc-tree.ts';

describe('readPressure', () => {
  it('reads the captured one', () => {
    expect(readPressure(CAPTURED)).toEqual({
      ok: true,
      value: { some10: 0, some60: 0, full10: 0, full60: 0 },
    });
  });

  it('tells a kernel without PSI from one that refuses', () => {
    const without = procTree({ pressure: 'missing' });
    const refusing = procTree({ pressure: 'failed' });
    expect(readPressure(without)).toMatchObject({ ok: false, why: 'missing' });
    expect(readPressure(refusing)).toMatchObject({ ok: false, why: 'failed' });
    without.cleanup();
    refusing.cleanup();
  });
});

describe('parsePressure', () => {
  const text = transcribed('pressure-memory');

  it('reads averages in percent', () => {
    expect(parsePressure(text)).toEqual({ some10: 82.71, some60: 58.68, full10: 51.17, full60: 34.93 });
  });

  it('ignores lines that it does not know', () => {
    expect(parsePressure(`others avg10=1.00\n${text}`)).toEqual(parsePressure(text));
  });

  it('never takes a missing line for no pressure', () => {
    const [some = '', full = ''] = text.split('\n');
    expect(parsePressure(`${some}\n`)).toBeUndefined();
    expect(parsePressure(`${full}\n`)).toBeUndefined();
  });

  it.each([
    ['a comma for a point', text.replace('82.71', '82,71')],
    ['a missing average', text.replace('avg60=34.93 ', '')],
    ['a negative share', text.replace('51.17', '-51.17')],
    ['an empty file', ''],
  ])('refuses %s', (_, broken) => {
    expect(parsePressure(broken)).toBeUndefined();
  });
});
