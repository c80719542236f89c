import { Command } from 'commander';
import { safeText } from '#shared/format/safe-text.ts';
import { addAdjust } from './commands/change/adjust.ts';
import { addCgroup } from './commands/change/cgroup.ts';
import { addDoctor } from './commands/doctor/doctor.ts';
import { addExplain } from './commands/watch/explain.ts';
import { addGroups } from './commands/groups/groups.ts';
import { addJournal } from './commands/change/journal.ts';
import { addList } from './commands/watch/list.ts';
import { addRules } from './commands/rules/rules.ts';
import { addServe } from './commands/serve/serve.ts';
import { addSysctl } from './commands/change/sysctl.ts';
import { addUndo } from './commands/change/undo.ts';
import { nearest } from '#shared/format/nearest.ts';
import { VERSION } from '../version.ts';
import { terminal } from '#shared/words/en/terminal.ts';

/** The whole command: what `main.ts` runs, and what the man page and the completions are made from. Refusals are thrown as CommanderError. */
export function createProgram(): Command {
  const program = new Command('lifeboat')
    .description('Shows which processes the Linux kernel would kill next when memory runs out, and why.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    // One style for wrong input, ours and commander's. Input is repeated in the message with control characters escaped: it may come from a
    // script.
    .configureOutput({
      outputError: (text, write) => {
        const said = text.replace(/^error: /, 'lifeboat: ').trimEnd();
        write(`${said.split('\n').map(safeText).join('\n')}\n`);
      },
    })
    .showHelpAfterError('(see lifeboat --help)')
    .exitOverride();
  for (const add of [
    addList,
    addGroups,
    addExplain,
    addServe,
    addDoctor,
    addAdjust,
    addUndo,
    addJournal,
    addRules,
    addSysctl,
    addCgroup,
  ])
    add(program);
  for (const command of program.commands) command.helpOption('-h, --help', 'show help');
  addHelp(program);
  refuseHelpOnUnknown(program);
  return program;
}

/** Commander's own `help` answers a command that is not there with the whole help, and does not say what may have been meant. */
function addHelp(program: Command): void {
  program
    .command('help')
    .argument('[command]', 'the command')
    .helpOption(false)
    .summary('show help for a command')
    .description('Shows help for a command.')
    .action((name: string | undefined) => {
      if (name === undefined) program.help();
      const found = program.commands.find((command) => command.name() === name);
      if (found === undefined) refuseUnknown(program, name);
      found.help();
    });
}

/** `lifeboat lst --help`: commander would answer with the help of all, as if `lst` were not there. */
function refuseHelpOnUnknown(program: Command): void {
  program.addHelpText('before', () => {
    const [name = '-'] = program.args;
    const isKnown = name.startsWith('-') || program.commands.some((command) => command.name() === name);
    return isKnown ? '' : refuseUnknown(program, name);
  });
}

function refuseUnknown(program: Command, name: string): never {
  const names = program.commands.map((command) => command.name());
  const near = nearest(name, names);
  return program.error(terminal.unknownCommand(name, near));
}
