import { describe, expect, it } from 'vitest';
import { bashCompletion } from '../../../../packaging/text/bash-completion.ts';
import { commandTable } from '../../../../packaging/text/command-table.ts';
import { fishCompletion } from '../../../../packaging/text/fish-completion.ts';
import { zshCompletion } from '../../../../packaging/text/zsh-completion.ts';
import { exampleCommand } from './example-command.ts';

const table = commandTable(exampleCommand());

// What the shells make of them is tried in the shells, by the suite "package".
describe('completions', () => {
  it.for([
    {
      shell: 'bash',
      text: bashCompletion(table),
      words: ["'rules add'", '--colour', "'always never'", 'compgen -u'],
    },
    {
      shell: 'zsh',
      text: zshCompletion(table),
      words: ['_lifeboat_rules_add()', '--colour', '(always never)', '_users'],
    },
    {
      shell: 'fish',
      text: fishCompletion(table),
      words: ["'rules add'", '-l colour', "'always never'", '__fish_complete_users'],
    },
  ])('offer the commands, options and values of the table to $shell', ({ text, words }) => {
    for (const word of words) expect(text).toContain(word);
    expect(text).not.toContain('secret');
  });

  it.for([
    { shell: 'zsh', text: zshCompletion(table), quoted: "'look:what'\\''s there'" },
    { shell: 'fish', text: fishCompletion(table), quoted: "'what\\'s there'" },
  ])('quote what would end a word in $shell', ({ text, quoted }) => {
    expect(text).toContain(quoted);
  });

  it('keep brackets in a description from ending it in zsh', () => {
    expect(zshCompletion(table)).toContain('[with \\[colour\\]]');
  });
});
