import { describe, expect, it } from 'vitest';
import { textTable, type Column } from '../../../../../src-main/cli/terminal/text-table.ts';

const COLUMNS: readonly Column[] = [
  { heading: 'N', align: 'right' },
  { heading: 'NAME', align: 'left' },
  { heading: 'LAST', align: 'left' },
];

describe('textTable', () => {
  it('makes columns as wide as what is in them, and pads nothing at the end of a line', () => {
    expect(
      textTable(COLUMNS, [
        ['1', 'a', 'x'],
        ['100', 'longer name', ''],
      ]),
    ).toEqual(['  N  NAME         LAST', '  1  a            x', '100  longer name']);
  });

  it('counts characters, not code units', () => {
    expect(
      textTable(COLUMNS, [
        ['1', '🛟🛟', 'x'],
        ['2', 'four', 'y'],
      ]),
    ).toEqual(['N  NAME  LAST', '1  🛟🛟    x', '2  four  y']);
  });

  it('fills up cells that are not there', () => {
    expect(textTable(COLUMNS, [['1']])).toEqual(['N  NAME  LAST', '1']);
  });

  it('is the headings alone without rows', () => {
    expect(textTable(COLUMNS, [])).toEqual(['N  NAME  LAST']);
  });

  it('holds as many rows as there can be pids on a large machine', () => {
    const rows = Array.from({ length: 300_000 }, () => ['1', 'a', 'x']);
    expect(textTable(COLUMNS, rows)).toHaveLength(300_001);
  });

  describe('in a terminal', () => {
    const columns: readonly Column[] = [
      { heading: 'PID', align: 'right' },
      { heading: 'NAME', align: 'left', least: 6 },
      { heading: 'USER', align: 'left', leftOut: 2 },
      { heading: 'SUM', align: 'right', leftOut: 1 },
      { heading: 'UNIT', align: 'left', leftOut: 3 },
    ];
    const rows = [['1234567', 'a longer name', 'root', '9.9 GiB', 'x.service']];

    it.for([
      [80, 'PID NAME USER SUM UNIT'],
      [48, 'PID NAME USER SUM UNIT'],
      [41, 'PID NAME USER SUM UNIT'],
      [38, 'PID NAME USER UNIT'],
      [26, 'PID NAME UNIT'],
      [15, 'PID NAME'],
    ] as const)('of %i columns it has %s', ([most, headings]) => {
      const lines = textTable(columns, rows, most);
      expect(lines[0]?.trim().replaceAll(/ +/g, ' ')).toBe(headings);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(most);
      expect(lines[1]).toContain('1234567');
    });

    it('cuts with an ellipsis, and leaves out empty columns first', () => {
      expect(textTable(columns, [['1234567', 'a longer name', 'root', '1', '']], 26)).toEqual([
        '    PID  NAME    USER  SUM',
        '1234567  a lon…  root    1',
      ]);
    });
  });
});
