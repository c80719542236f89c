import { allCommands, type CommandEntry, type OptionEntry, type ValueKind } from './command-table.ts';

/** Completion for bash; stands alone, the package bash-completion only has to find it. */
export function bashCompletion(table: CommandEntry): string {
  const commands = allCommands(table);
  const known = commands.slice(1).map(({ path }) => quoted(path.join(' ')));
  return `# bash completion for lifeboat

_lifeboat() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} path='' next i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${path:+$path }\${COMP_WORDS[i]}"
    case $next in
      ${known.join(' | ')}) path=$next ;;
    esac
  done
  case "$path $before" in
${commands.flatMap(valueCases).join('\n')}
  esac
  if [[ $word == -* ]]; then
    case $path in
${commands.map(optionCase).join('\n')}
    esac
    return
  fi
  case $path in
${commands.map(wordCase).join('\n')}
  esac
}
complete -F _lifeboat lifeboat
`;
}

/** The values that may follow an option. */
function valueCases({ path, options }: CommandEntry): readonly string[] {
  const label = (option: OptionEntry) =>
    option.names.map((name) => quoted(`${path.join(' ')} ${name}`)).join(' | ');
  return options
    .filter(({ value }) => value !== undefined)
    .map((option) => `    ${label(option)}) ${reply(option.kind)}return ;;`);
}

function optionCase({ path, options }: CommandEntry): string {
  return `      ${quoted(path.join(' '))}) ${reply(options.flatMap(({ names }) => names))};;`;
}

function wordCase({ path, commands, arguments: values }: CommandEntry): string {
  const names = commands.flatMap((command) => command.path.slice(-1));
  const kind: ValueKind = commands.length > 0 ? [...names, 'help'] : (values[0]?.kind ?? 'anything');
  return `    ${quoted(path.join(' '))}) ${reply(kind)};;`;
}

function reply(kind: ValueKind): string {
  const words = (how: string) => `mapfile -t COMPREPLY < <(compgen ${how} -- "$word"); `;
  if (typeof kind === 'object') return words(`-W ${quoted(kind.join(' '))}`);
  switch (kind) {
    case 'pid':
      return words(`-W "$(cd /proc && echo [0-9]*)"`);
    case 'file':
      return words('-f');
    case 'user':
      return words('-u');
    case 'anything':
      return '';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
