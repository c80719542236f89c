import { allCommands, type ArgumentEntry, type CommandEntry, type OptionEntry } from './command-table.ts';

/** What no table says: the parts of the page after the commands. */
const AFTER = `.Sh FILES
.Bl -tag -width Ds
.It Pa ~/.config/lifeboat/rules.toml
The rules.
.Ev XDG_CONFIG_HOME
moves the folder.
.It Pa ~/.local/state/lifeboat
The journal of changes, and what
.Cm serve
remembers of its browsers.
.Ev XDG_STATE_HOME
moves the folder.
.It Pa /var/log/lifeboat/helper.log
Every request that the helper was sent as root, with who asked.
.It Pa /etc/sysctl.d , Pa /etc/systemd/system
Where settings and units are kept for the next boot, when that is asked for.
.El
.Sh EXIT STATUS
.Bl -tag -width Ds
.It 0
It is done.
.It 1
It could not be done; the reason is on standard error.
.It 2
It was called in a way that it does not know.
.El
.Sh SEE ALSO
.Xr choom 1 ,
.Xr proc 5 ,
.Xr cgroups 7 ,
.Xr systemd-oomd.service 8
.Sh CAVEATS
The order is that of this moment.
Other killers, such as
.Xr systemd-oomd.service 8
and earlyoom, choose by rules of their own.
`;

/** The page for man(1), in the language of mdoc(7). `date` is that of the release. */
export function manPage(table: CommandEntry, date: Date): string {
  const commands = allCommands(table).filter(({ path }) => path.length > 0);
  const lines = [
    `.Dd ${date.toLocaleDateString('en-US', { year: 'numeric', month: 'long', day: 'numeric', timeZone: 'UTC' })}`,
    '.Dt LIFEBOAT 1',
    '.Os',
    '.Sh NAME',
    '.Nm lifeboat',
    '.Nd show which processes the kernel kills next when memory runs out',
    '.Sh SYNOPSIS',
    '.Nm lifeboat',
    ...table.commands.flatMap(({ path }) => ['.Nm lifeboat', `.Cm ${path.join(' ')}`, '.Op Ar options']),
    '.Nm lifeboat',
    '.Fl -help | Fl -version',
    '.Sh DESCRIPTION',
    ...textLines(table.description),
    '.Pp',
    'Where the desktop program is installed and there is a display, its window is',
    'opened when no command is given.',
    '.Pp',
    'Looking needs no rights.',
    'A change that needs root starts a helper by',
    '.Xr sudo 8',
    'or',
    '.Xr pkexec 1 ,',
    'after it was asked for.',
    '.Sh COMMANDS',
    'Each knows',
    '.Fl h , -help .',
    '.Bl -tag -width Ds',
    ...commands.filter(isLeaf).flatMap(commandLines),
    '.El',
  ];
  return `${lines.join('\n')}\n${AFTER}`;
}

/** Commands below it and no option of its own: it does nothing by itself. */
function isLeaf({ commands, options }: CommandEntry): boolean {
  return commands.length === 0 || options.some(({ names }) => !names.includes('--help'));
}

function commandLines(entry: CommandEntry): readonly string[] {
  const options = entry.options.filter(({ names }) => !names.includes('--help'));
  return [
    `.It Cm ${entry.path.join(' ')}${options.length === 0 ? '' : ' Oo Ar options Oc'}${entry.arguments.map(argumentText).join('')}`,
    ...textLines(entry.description),
    ...(options.length === 0 ? [] : ['.Bl -tag -width Ds', ...options.flatMap(optionLines), '.El']),
  ];
}

function argumentText({ name, required, repeated }: ArgumentEntry): string {
  const text = `Ar ${literal(name)}${repeated ? ' ...' : ''}`;
  return required ? ` ${text}` : ` Oo ${text} Oc`;
}

function optionLines({ names, value, description, defaultText }: OptionEntry): readonly string[] {
  const flags = names.map((name) => `Fl ${name.slice(1)}`).join(' , ');
  const text = defaultText === undefined ? description : `${description}; by default ${defaultText}`;
  return [`.It ${flags}${value === undefined ? '' : ` Ar ${literal(value)}`}`, ...textLines(text)];
}

/** A sentence begins on a line of its own, so that the formatter knows where one ends; no line is longer than the lint of mandoc wants. */
function textLines(text: string): readonly string[] {
  return text
    .replaceAll('’', "'")
    .split(/(?<=\.) (?=[A-Z])/)
    .flatMap((sentence) => sentence.match(/.{1,78}(?: |$)/g) ?? [sentence])
    .map((line) => literal(line.trimEnd()));
}

/** Text that the formatter takes as it is. */
function literal(text: string): string {
  return text.replaceAll('\\', '\\e').replace(/^(?=[.'])/, '\\&');
}
