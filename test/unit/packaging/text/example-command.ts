import { Command, Option } from 'commander';

/** A small command with everything that the texts have to deal with. */
export function exampleCommand(): Command {
  const program = new Command('lifeboat')
    .description('Shows things. And why.')
    .version('1.2.3', '-V, --version');
  program
    .command('look')
    .summary("what's there")
    .description('Looks at one thing: "this" or that \\ other.')
    .argument('<pid>', 'the process')
    .option('-n, --count <number>', 'number of entries, 0 for all', Number, 10)
    .addOption(new Option('--colour <when>', 'with [colour]').choices(['always', 'never']))
    .addOption(new Option('--secret', 'not in the help').hideHelp());
  const rules = program.command('rules').description('The rules.');
  rules.command('add').description('Add one.').option('--user <name>', 'whose');
  rules.command('check').description('Check them.').argument('[file]', 'which');
  return program;
}
