import { type Command, type Option } from 'commander';
import { SYSCTL_PRESETS } from '#shared/kernel/sysctl/presets.ts';
import { SYSCTL_NAMES } from '#shared/model/sysctl/sysctl.ts';

/** What a shell can offer for a value. */
export type ValueKind = 'pid' | 'file' | 'user' | 'anything' | readonly string[];

export interface OptionEntry {
  /** With their dashes: `-n`, `--count`. */
  readonly names: readonly string[];
  /** What its value is called; undefined for a switch. */
  readonly value?: string;
  readonly kind: ValueKind;
  readonly description: string;
  readonly defaultText?: string;
}

export interface ArgumentEntry {
  readonly name: string;
  readonly required: boolean;
  readonly repeated: boolean;
  readonly kind: ValueKind;
  readonly description: string;
}

export interface CommandEntry {
  /** Its words after `lifeboat`; none for that itself. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly options: readonly OptionEntry[];
  readonly arguments: readonly ArgumentEntry[];
  readonly commands: readonly CommandEntry[];
}

/** Commander's own table as plain data, so that what is written about the command cannot differ from it. */
export function commandTable(command: Command, path: readonly string[] = []): CommandEntry {
  const help = command.createHelp();
  return {
    path,
    summary: command.summary() === '' ? command.description() : command.summary(),
    description: command.description(),
    options: help.visibleOptions(command).map((option) => optionEntry(option)),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      required: argument.required,
      repeated: argument.variadic,
      kind: kindOf(argument.name(), path, argument.argChoices),
      description: argument.description,
    })),
    commands: help
      .visibleCommands(command)
      .filter((child) => child.name() !== 'help')
      .map((child) => commandTable(child, [...path, child.name()])),
  };
}

/** A command and all below it, in order. */
export function allCommands(entry: CommandEntry): readonly CommandEntry[] {
  return [entry, ...entry.commands.flatMap(allCommands)];
}

function optionEntry(option: Option): OptionEntry {
  const names = [option.short, option.long].filter((name) => name !== undefined);
  const value = /[<[](.+?)(?:\.\.\.)?[>\]]/.exec(option.flags)?.[1];
  const defaultText =
    option.defaultValueDescription ??
    (typeof option.defaultValue === 'number' || typeof option.defaultValue === 'string'
      ? String(option.defaultValue)
      : undefined);
  return {
    names,
    ...(value === undefined ? {} : { value }),
    kind: value === undefined ? 'anything' : kindOf(option.long ?? '', [], option.argChoices),
    description: option.description,
    ...(defaultText === undefined ? {} : { defaultText }),
  };
}

function kindOf(name: string, path: readonly string[], choices: readonly string[] | undefined): ValueKind {
  if (choices !== undefined) return choices;
  if (path[0] === 'sysctl' && name.startsWith('name')) return SYSCTL_NAMES;
  if (name === 'preset' || name === '--preset') return SYSCTL_PRESETS.map(({ id }) => id);
  if (name === 'pid' || name === 'file') return name;
  return name === '--user' ? 'user' : 'anything';
}
