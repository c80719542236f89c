import { type Command } from 'commander';
import { safeJson, safeText } from '#shared/format/safe-text.ts';
import { presetDiff, SYSCTL_PRESETS } from '#shared/kernel/sysctl/presets.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import {
  type SysctlChange,
  type SysctlEffect,
  type SysctlName,
  type SysctlPreset,
  type SysctlState,
} from '#shared/model/sysctl/sysctl.ts';
import { wordsFor } from '#shared/words/index.ts';
import {
  bootDangers,
  mayBeDangerous,
  sysctlPreview,
  readTuning,
  tuningMachine,
  type Tuning,
} from '../../../engine/change/sysctl/tuning.ts';
import { kernelFiles, systemRoot } from '../../../this-machine.ts';
import { lookOnce } from '../watch/look.ts';
import { EXIT, logLine, outputColumns, printLine, printText, reportFailure } from '../../terminal/output.ts';
import {
  sysctlAssignments,
  sysctlName,
  sysctlNames,
  sysctlPreset,
  sysctlToKeep,
} from './sysctl-arguments.ts';
import { forgetSetting, keepSetting, setSettings, type SetOptions } from './sysctl-changes.ts';
import { diffLines, effectLines, listLines, settingLines } from './sysctl-text.ts';
import { terminal } from '#shared/words/en/terminal.ts';

interface Json {
  readonly json?: true;
}

/** `lifeboat sysctl`: the settings of the kernel that decide what happens when memory runs out. */
export function addSysctl(program: Command): void {
  const sysctl = program
    .command('sysctl')
    .summary('show or change the kernel settings for low memory')
    .description(
      'Shows and safely changes the kernel settings that decide what happens when memory runs out.',
    )
    .helpCommand('help [command]', terminal.helpCommand);
  const sub = (name: string, summary: string, isDefault = false) =>
    sysctl
      .command(name, { isDefault })
      .summary(summary)
      .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
      .helpOption('-h, --help', 'show help')
      .option('--json', 'print one JSON object');
  sub('list', 'list current values, values after reboot, and the files that set them', true)
    .argument('[name...]', 'only these settings', sysctlNames)
    .action(list);
  sub('get', 'explain one setting').argument('<name>', 'the setting', sysctlName).action(get);
  changing(sub('set', 'change settings; they revert unless you keep them'))
    .argument('[name=value...]', 'the settings', sysctlAssignments)
    .option('--preset <name>', `a named set: ${SYSCTL_PRESETS.map(({ id }) => id).join(', ')}`, sysctlPreset)
    .option('--on-disk', 'also keep them after reboot')
    .action(set);
  changing(sub('keep', 'write a setting to disk for the next boot'))
    .argument('<name[=value]>', 'the setting, with a value or as it is now', sysctlToKeep)
    .action(keep);
  sub('forget', 'remove what Lifeboat wrote to disk for a setting')
    .argument('<name>', 'the setting', sysctlName)
    .option('--dry-run', 'show the effect without changing anything')
    .action(forget);
  sub('diff', 'what differs from the next boot, or from a preset')
    .argument('[preset]', SYSCTL_PRESETS.map(({ id }) => id).join(', '), sysctlPreset)
    .action(diff);
}

function changing(command: Command): Command {
  return command
    .option('--dry-run', 'show the effect without changing anything')
    .option('--yes', 'do not ask, keep the change at once');
}

function list(names: readonly SysctlName[] | undefined, { json }: Json): void {
  const tuning = readTuning(kernelFiles(), systemRoot());
  const wanted = tuning.states.filter(
    ({ spec }) => names === undefined || names.length === 0 || names.includes(spec.name),
  );
  const dangers = dangersOf(tuning);
  if (json === true) {
    const { reader, decidedBy, unreadable } = tuning;
    const settings = wanted.map(settingJson);
    printLine(safeJson({ version: 1, reader, decidedBy, unreadable, dangers, settings }));
  } else printText(listLines(wanted, tuning, dangers, words(), outputColumns()));
}

function get(name: SysctlName, { json }: Json): void {
  const tuning = readTuning(kernelFiles(), systemRoot());
  const state = tuning.states.find(({ spec }) => spec.name === name);
  if (state === undefined) throw new Error(`no state of ${name}`);
  const dangers = dangersOf(tuning).filter((danger) => danger.name === name || concerns(danger, state));
  if (json === true) printLine(safeJson({ version: 1, dangers, setting: settingJson(state) }));
  else printText(settingLines(state, tuning, dangers, words()));
}

/** Whether the line that decides a setting has its part in a danger. */
function concerns({ fact }: SysctlEffect, { onDisk }: SysctlState): boolean {
  const lines = 'lines' in fact ? fact.lines : [];
  return lines.some(({ file, line }) => file === onDisk?.file && line === onDisk.line);
}

/** What the next boot brings that is dangerous. The whole machine is looked at only where something may be. */
function dangersOf(tuning: Tuning): readonly SysctlEffect[] {
  if (!mayBeDangerous(tuning)) return [];
  const snapshot = lookOnce(GLOBAL_SCOPE);
  return snapshot.ok ? bootDangers(tuning, tuningMachine(snapshot.value)) : [];
}

function settingJson({ spec, ...rest }: SysctlState) {
  const { title, meaning } = words().sysctl.settings[spec.name];
  return { ...spec, title, meaning, ...rest };
}

/** What differs: in the text and as JSON. */
function diff(preset: SysctlPreset | undefined, { json }: Json): void {
  if (preset !== undefined) {
    preview(preset, json === true);
    return;
  }
  const tuning = readTuning(kernelFiles(), systemRoot());
  const dangers = dangersOf(tuning);
  if (json === true) {
    const { reader, decidedBy, states } = tuning;
    const settings = states.filter(({ drifts }) => drifts).map(settingJson);
    const ignored = states.flatMap(({ spec, ignored: lines }) =>
      lines.map((line) => ({ name: spec.name, ...line })),
    );
    printLine(safeJson({ version: 1, reader, decidedBy, dangers, settings, ignored }));
  } else printText(diffLines(tuning.states, tuning, dangers, words()));
}

function preview(preset: SysctlPreset, json: boolean): void {
  const snapshot = lookOnce(GLOBAL_SCOPE);
  if (!snapshot.ok) {
    reportFailure(snapshot.error);
    return;
  }
  const tuning = readTuning(kernelFiles(), systemRoot());
  const changes = presetDiff(preset, tuning.states);
  const effects = sysctlPreview(tuning, tuningMachine(snapshot.value), changes);
  if (json) printLine(safeJson({ version: 1, preset: preset.id, changes, effects }));
  else if (changes.length === 0)
    printLine(terminal.sysctl.presetIsSet(words().sysctl.presets[preset.id].title));
  else printText(effectLines(tuning.states, changes, effects, words()));
}

async function set(
  named: readonly SysctlChange[] | undefined,
  options: SetOptions & { readonly preset?: SysctlPreset },
): Promise<void> {
  const { preset } = options;
  const given = named ?? [];
  if ((preset === undefined) === (given.length === 0)) {
    logLine(terminal.sysctl.sayWhat);
    process.exitCode = EXIT.usage;
    return;
  }
  const { states } = readTuning(kernelFiles(), systemRoot());
  const changes = preset === undefined ? given : presetDiff(preset, states);
  if (changes.length === 0) {
    if (options.json === true)
      printLine(safeJson({ version: 1, changes, effects: [], outcome: 'nothing-to-do' }));
    else printLine('No change.');
    return;
  }
  await setSettings(changes, options);
}

async function keep(
  { name, value }: { readonly name: SysctlName; readonly value?: number },
  options: SetOptions,
): Promise<void> {
  const now = readTuning(kernelFiles(), systemRoot()).states.find(({ spec }) => spec.name === name)?.now;
  const wanted = value ?? now;
  if (wanted === undefined) {
    logLine(terminal.sysctl.unreadable(safeText(name)));
    process.exitCode = EXIT.failure;
    return;
  }
  await keepSetting({ name, value: wanted }, options);
}

async function forget(name: SysctlName, options: SetOptions): Promise<void> {
  await forgetSetting(name, options);
}

function words() {
  return wordsFor(process.env['LANG']);
}
