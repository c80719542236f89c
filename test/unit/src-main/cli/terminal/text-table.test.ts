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
});
