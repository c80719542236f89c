import { allCommands, type CommandEntry, type OptionEntry, type ValueKind } from './command-table.ts';

/** Completion for fish: a line for each word that can be offered, with the command that it belongs to as its condition. */
export function fishCompletion(table: CommandEntry): string {
  const commands = allCommands(table);
  const known = commands.slice(1).map(({ path }) => quoted(path.join(' ')));
  return `# fish completion for lifeboat

function __lifeboat_is --description 'Whether the command so far is this one'
    set -l path
    for word in (commandline -opc)[2..]
        set -l next (string join -- ' ' $path $word)
        contains -- $next ${known.join(' ')}
        and set path $path $word
    end
    test "$path" = "$argv[1]"
end

complete -c lifeboat -f
${commands.flatMap(commandLines).join('\n')}
`;
}

function commandLines(entry: CommandEntry): readonly string[] {
  const start = `complete -c lifeboat -n ${quoted(`__lifeboat_is "${entry.path.join(' ')}"`)}`;
  const names = entry.commands.map(
    ({ path, summary }) => `${start} -a ${path.at(-1) ?? ''} -d ${quoted(summary)}`,
  );
  const kind = entry.commands.length > 0 ? 'anything' : (entry.arguments[0]?.kind ?? 'anything');
  return [
    ...names,
    ...(names.length === 0 ? [] : [`${start} -a help -d 'show help for a command'`]),
    ...(kind === 'anything' ? [] : [`${start}${offer(kind)}`]),
    ...entry.options.map((option) => `${start}${optionWords(option)}`),
  ];
}

function optionWords({ names, value, kind, description }: OptionEntry): string {
  const flags = names.map((name) =>
    name.startsWith('--') ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`,
  );
  const after =
    value === undefined ? '' : kind === 'file' ? ' -r -F' : ` -x${kind === 'anything' ? '' : offer(kind)}`;
  return `${flags.join('')}${after} -d ${quoted(description)}`;
}

function offer(kind: Exclude<ValueKind, 'anything'>): string {
  if (typeof kind === 'object') return ` -a ${quoted(kind.join(' '))}`;
  switch (kind) {
    case 'pid':
      return " -a '(__fish_complete_pids)'";
    case 'file':
      return ' -F';
    case 'user':
      return " -a '(__fish_complete_users)'";
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
