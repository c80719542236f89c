import {
  allCommands,
  type ArgumentEntry,
  type CommandEntry,
  type OptionEntry,
  type ValueKind,
} from './command-table.ts';

/** Completion for zsh: a function for each command, called by the one above it. */
export function zshCompletion(table: CommandEntry): string {
  return `#compdef lifeboat

${allCommands(table).map(commandFunction).join('\n')}
${functionName(table)} "$@"
`;
}

function commandFunction(entry: CommandEntry): string {
  return entry.commands.length === 0 ? leaf(entry) : branch(entry);
}

function leaf(entry: CommandEntry): string {
  const specs = [...entry.options.map(optionSpec), ...entry.arguments.map(argumentSpec)];
  return `${functionName(entry)}() {
  _arguments ${['-s', ...specs].join(' \\\n    ')}
}
`;
}

function branch(entry: CommandEntry): string {
  const names = entry.commands.map(({ path, summary }) => {
    const text = `${path.at(-1) ?? ''}:${summary}`;
    return `        ${quoted(text)}`;
  });
  const calls = entry.commands.map(
    (child) => `        ${child.path.at(-1) ?? ''}) ${functionName(child)} ;;`,
  );
  return `${functionName(entry)}() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C ${[...entry.options.map(optionSpec), "'1: :->command'", "'*:: :->rest'"].join(' \\\n    ')} && return
  case $state in
    command)
      local -a commands=(
${names.join('\n')}
        'help:show help for a command'
      )
      _describe command commands
      ;;
    rest)
      case $line[1] in
${calls.join('\n')}
      esac
      ;;
  esac
}
`;
}

function functionName({ path }: CommandEntry): string {
  return ['_lifeboat', ...path].join('_').replaceAll('-', '_');
}

function optionSpec({ names, value, kind, description }: OptionEntry): string {
  const text = `[${description.replaceAll(/[[\]\\:]/g, '\\$&')}]`;
  const after = value === undefined ? '' : `:${value}:${action(kind)}`;
  const [only = '', long] = names;
  if (long === undefined) return quoted(`${only}${text}${after}`);
  return `${quoted(`(${names.join(' ')})`)}{${names.join(',')}}${quoted(`${text}${after}`)}`;
}

function argumentSpec({ name, repeated, kind }: ArgumentEntry): string {
  return quoted(`${repeated ? '*' : ''}:${name.replaceAll(':', '\\:')}:${action(kind)}`);
}

function action(kind: ValueKind): string {
  if (typeof kind === 'object') return `(${kind.join(' ')})`;
  switch (kind) {
    case 'pid':
      // _pids offers those of the terminal only.
      return '{compadd -- /proc/<->(N:t)}';
    case 'file':
      return '_files';
    case 'user':
      return '_users';
    case 'anything':
      return ' ';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
