import { describe, expect, it } from 'vitest';
import { allCommands, commandTable } from '../../../../packaging/text/command-table.ts';
import { createProgram } from '../../../../src-main/cli/program.ts';
import { exampleCommand } from './example-command.ts';

describe('commandTable', () => {
  it('has every command, what it takes, and nothing that is hidden', () => {
    const [look] = commandTable(exampleCommand()).commands;
    expect(look).toMatchObject({
      path: ['look'],
      summary: "what's there",
      arguments: [{ name: 'pid', required: true, repeated: false, kind: 'pid' }],
    });
    expect(
      look?.options.map(({ names, value, kind, defaultText }) => ({ names, value, kind, defaultText })),
    ).toEqual([
      { names: ['-n', '--count'], value: 'number', kind: 'anything', defaultText: '10' },
      { names: ['--colour'], value: 'when', kind: ['always', 'never'], defaultText: undefined },
      { names: ['-h', '--help'], value: undefined, kind: 'anything', defaultText: undefined },
    ]);
  });

  it('walks down to the last one', () => {
    const paths = allCommands(commandTable(exampleCommand())).map(({ path }) => path.join(' '));
    expect(paths).toEqual(['', 'look', 'rules', 'rules add', 'rules check']);
  });

  it('knows all of the real command', () => {
    const table = commandTable(createProgram());
    const paths = allCommands(table).map(({ path }) => path.join(' '));
    expect(paths).toEqual(expect.arrayContaining(['list', 'serve', 'rules add', 'sysctl set']));
    for (const { path, summary } of allCommands(table)) expect([path, summary.length]).not.toEqual([path, 0]);
  });
});
