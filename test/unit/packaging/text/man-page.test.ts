import { describe, expect, it } from 'vitest';
import { commandTable } from '../../../../packaging/text/command-table.ts';
import { manPage } from '../../../../packaging/text/man-page.ts';
import { exampleCommand } from './example-command.ts';

const page = manPage(commandTable(exampleCommand()), new Date('2026-11-20T23:59:00Z'));

describe('manPage', () => {
  it('is of the day of the release, wherever it is made', () => {
    expect(page).toMatch(/^\.Dd November 20, 2026\n\.Dt LIFEBOAT 1\n\.Os\n/);
  });

  it('has a command with its arguments, and its options with their defaults', () => {
    expect(page).toContain('.It Cm look Oo Ar options Oc Ar pid\n');
    expect(page).toContain('.It Fl n , Fl -count Ar number\nnumber of entries, 0 for all; by default 10\n');
    expect(page).toContain('.It Cm rules check Oo Ar file Oc\n');
  });

  it('begins a sentence on a line of its own, and keeps the formatter from reading text as its own words', () => {
    expect(page).toContain('\nShows things.\nAnd why.\n');
    expect(page).toContain('that \\e other.');
    expect(page.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});
