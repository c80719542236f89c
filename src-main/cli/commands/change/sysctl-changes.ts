import { fail, ok, type Result } from '#shared/result.ts';
import { safeJson, safeText } from '#shared/format/safe-text.ts';
import {
  type Kept,
  type PendingChange,
  type SysctlChange,
  type SysctlEffect,
  type SysctlKeepPreview,
  type SysctlName,
} from '#shared/model/sysctl/sysctl.ts';
import { wordsFor } from '#shared/words/index.ts';
import { checkKeep, checkTogether, checkWritable } from '../../../engine/change/sysctl/keep.ts';
import { readTuning } from '../../../engine/change/sysctl/tuning.ts';
import { askToKeep, type Verdict } from '../../terminal/ask-countdown.ts';
import { confirm } from '../../terminal/ask.ts';
import { detectWsl } from '../../../proc/surroundings.ts';
import { kernelFiles, systemRoot } from '../../../this-machine.ts';
import { inProcess, isRealMachine, isTerminal, type InProcess } from '../../in-process.ts';
import { EXIT, logLine, printLine, printText, reportFailure } from '../../terminal/output.ts';
import { rehearseRoot, rootJson, sayRoot } from './rehearse.ts';
import { dangerLines, effectLines } from './sysctl-text.ts';
import { terminal } from '#shared/words/en/terminal.ts';

export interface SetOptions {
  readonly dryRun?: true;
  readonly yes?: true;
  readonly onDisk?: true;
  readonly json?: true;
}

/** How it ended. `asked-back`: the answer was no. `went-back`: there was no answer. */
type Outcome = 'kept' | 'kept-on-disk' | 'asked-back' | 'went-back';

/** All that stands in the way of a change, asked before anything is written and by a rehearsal as well. */
function checkAll(changes: readonly SysctlChange[], onDisk: boolean): Result<null> {
  const together = checkTogether(changes);
  if (!together.ok) return together;
  const writable = checkWritable(kernelFiles());
  if (!writable.ok || !onDisk) return writable;
  return checkKeep(readTuning(kernelFiles(), systemRoot()), changes, kernelFiles(), systemRoot());
}

/** Shows what changes bring, makes them, and asks whether they stay. */
export async function setSettings(changes: readonly SysctlChange[], options: SetOptions): Promise<void> {
  const allowed = checkAll(changes, options.onDisk === true);
  if (!allowed.ok) {
    reportFailure(allowed.error);
    return;
  }
  await inProcess(async (opened) => {
    // What is shown, rehearsed, asked about and set is one object.
    const plan = await opened.client.request('change.previewSysctls', { changes: [...changes] });
    if (!plan.ok) {
      reportFailure(plan.error);
      return;
    }
    const { states } = readTuning(kernelFiles(), systemRoot());
    const effects = [...plan.value.effects, ...(options.onDisk === true ? plan.value.atBoot : [])];
    if (options.json !== true) printText(effectLines(states, changes, effects, words()));
    if (options.dryRun === true) {
      const kept = options.onDisk === true ? (plan.value.kept ?? []) : [];
      const root = await rehearseRoot(opened.client, 'yes');
      if (options.json === true) {
        const disk = options.onDisk === true ? { kept } : {};
        printLine(safeJson({ version: 1, changes, effects, ...disk, ...rootJson(root) }));
      } else printText(planLines(changes, kept));
      sayRoot(root, options.json === true);
      return;
    }
    const goesOn = await mayGoOn(effects, options);
    const applied = goesOn.ok
      ? await opened.client.request('change.applySysctls', { id: plan.value.id })
      : goesOn;
    const disk = checkAll(changes, true).ok;
    const settled = applied.ok ? await settle(opened, applied.value, { ...options, disk }) : applied;
    if (!settled.ok) {
      reportFailure(settled.error);
      return;
    }
    const { outcome, kept } = settled.value;
    if (outcome === 'asked-back' || outcome === 'went-back') process.exitCode = EXIT.failure;
    if (options.json === true) printLine(safeJson({ version: 1, changes, effects, outcome, kept }));
    else printText(outcomeLines(outcome, kept, changes));
  });
}

/** The tree that is looked at has to be the machine that is written to, and a person has to be there to say keep. */
async function mayGoOn(effects: readonly SysctlEffect[], { yes }: SetOptions): Promise<Result<null>> {
  const real = isRealMachine();
  if (!real.ok || yes === true) return real;
  if (!isTerminal()) {
    return fail('not-asked', { why: 'no-terminal' });
  }
  const dangerous = effects.some(({ weight }) => weight === 'danger');
  if (!dangerous || (await confirm(words().terminal.confirmDanger))) return ok(null);
  return fail('not-asked', { why: 'declined' });
}

async function settle(
  { client }: InProcess,
  { id, deadlineMs }: PendingChange,
  { yes, onDisk, disk }: SetOptions & { readonly disk: boolean },
): Promise<Result<{ readonly outcome: Outcome; readonly kept: readonly Kept[] }>> {
  const verdict: Verdict = yes === true ? 'keep' : await askToKeep(deadlineMs, { disk });
  if (verdict === 'silence') return ok({ outcome: 'went-back', kept: [] });
  if (verdict === 'take-back') {
    const reverted = await client.request('change.revertPending', { id });
    return reverted.ok ? ok({ outcome: 'asked-back', kept: [] }) : reverted;
  }
  const toDisk = onDisk === true || verdict === 'keep-on-disk';
  const kept = await client.request('change.confirmPending', { id, onDisk: toDisk });
  return kept.ok ? ok({ outcome: toDisk ? 'kept-on-disk' : 'kept', kept: kept.value }) : kept;
}

function outcomeLines(
  outcome: Outcome,
  kept: readonly Kept[],
  changes: readonly SysctlChange[],
): readonly string[] {
  switch (outcome) {
    case 'kept':
      return [
        words().terminal.keptUntilReboot,
        ...(detectWsl(kernelFiles()) === 2 ? [words().wslView.endsWithVm] : []),
      ];
    case 'kept-on-disk':
      // Read back from the disk: of ratio and kbytes a 0 is kept by leaving its line out.
      return kept.some(({ line }) => line === 'removed' || line === 'none')
        ? kept.map((each, index) =>
            keptLine(changes[index]?.name, changes[index]?.value.toString() ?? '', each),
          )
        : [...new Set(kept.map(({ file }) => file))].map((file) =>
            terminal.sysctl.keptOnDisk(safeText(file)),
          );
    case 'asked-back':
      return [words().terminal.reverted];
    case 'went-back':
      return [words().terminal.notConfirmed];
  }
}

/** What the disk would say of each of them. */
function planLines(changes: readonly SysctlChange[], kept: readonly Kept[]): readonly string[] {
  const { keepPlan, valueText } = words().sysctl;
  return changes.flatMap(({ name, value }, index) => {
    const planned = kept[index];
    return planned === undefined ? [] : [keepPlan(name, valueText(name, value), planned)];
  });
}

/** Writes a value for the next boot. What would not last is refused, by --dry-run as well. */
export async function keepSetting(change: SysctlChange, options: SetOptions): Promise<void> {
  await inProcess(async ({ client }) => {
    const plan = await client.request('change.previewKeepSysctl', change);
    if (!plan.ok) {
      reportFailure(plan.error);
      return;
    }
    const { effects } = plan.value;
    const text = words().sysctl.valueText(change.name, change.value);
    if (options.json !== true) for (const line of dangerLines(effects, words())) logLine(line);
    if (options.dryRun === true) {
      const { kept, writes } = plan.value;
      const root = await rehearseRoot(client, writes.length === 0 ? 'no' : 'yes');
      if (options.json === true)
        printLine(safeJson({ version: 1, change, effects, ...kept, ...rootJson(root) }));
      else printText(planLines([change], [kept]));
      sayRoot(root, options.json === true);
      return;
    }
    if (!(await mayKeep(effects, options))) return;
    const kept = await client.request('change.applyKeepSysctl', { id: plan.value.id });
    if (!kept.ok) reportFailure(kept.error);
    else if (options.json === true) printLine(safeJson({ version: 1, change, effects, ...kept.value }));
    else printLine(keptLine(change.name, text, kept.value));
  });
}

/** The line of Lifeboat's file that is removed. */
function removedLines({ file, writes }: SysctlKeepPreview): readonly string[] {
  return writes.map(({ subject, seen }) => `Would remove ${subject} = ${safeText(seen ?? '')} from ${file}.`);
}

/** The tree that is looked at has to be the machine that is written to, and dangers of the next boot are asked about. */
async function mayKeep(effects: readonly SysctlEffect[], { yes }: SetOptions): Promise<boolean> {
  const real = isRealMachine();
  if (!real.ok) {
    reportFailure(real.error);
    return false;
  }
  if (effects.length === 0 || yes === true) return true;
  if (isTerminal() && (await confirm(words().terminal.confirmBoot))) return true;
  reportFailure(fail('not-asked', { why: 'declined' }).error);
  return false;
}

/** What the disk says now, in words. */
function keptLine(name: SysctlName | undefined, text: string, { file, line }: Kept): string {
  if (line === 'removed') return terminal.sysctl.noLongerSets(`${name ?? ''} = ${text}`, safeText(file));
  if (line === 'none') return terminal.sysctl.alreadySo(`${name ?? ''} = ${text}`);
  return `Kept ${name ?? ''} = ${text} in ${safeText(file)}`;
}

/** Takes Lifeboat's own line for a setting out of its file. */
export async function forgetSetting(name: SysctlName, { json, dryRun }: SetOptions): Promise<void> {
  await inProcess(async ({ client }) => {
    const plan = await client.request('change.previewKeepSysctl', { name });
    if (!plan.ok) {
      reportFailure(plan.error);
      return;
    }
    const real = isRealMachine();
    const [write] = plan.value.writes;
    if (real.ok && (write?.seen ?? '') === '') {
      if (json === true) printLine(safeJson({ version: 1, name, outcome: 'nothing-to-do' }));
      else printLine(terminal.sysctl.notKept(name));
      return;
    }
    if (dryRun === true) {
      const { file } = plan.value;
      const root = await rehearseRoot(client, write === undefined ? 'no' : 'yes');
      if (json === true)
        printLine(safeJson({ version: 1, name, file, seen: write?.seen, ...rootJson(root) }));
      else printText(removedLines(plan.value));
      sayRoot(root, json === true);
      return;
    }
    if (!real.ok) {
      reportFailure(real.error);
      return;
    }
    const kept = await client.request('change.applyKeepSysctl', { id: plan.value.id });
    if (!kept.ok) reportFailure(kept.error);
    else if (json === true) printLine(safeJson({ version: 1, name, file: kept.value.file }));
    else printLine(terminal.sysctl.forgotten(name, safeText(kept.value.file)));
  });
}

function words() {
  return wordsFor(process.env['LANG']);
}
