import { type Kept } from '#shared/contract/change.ts';
import { compact } from '#shared/optional.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { safeJson, safeText } from '#shared/format/safe-text.ts';
import {
  type PendingChange,
  type SysctlChange,
  type SysctlEffect,
  type SysctlName,
} from '#shared/model/sysctl.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { wordsFor } from '#shared/words/index.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { checkKeep, checkTogether, checkWritable, plannedKeep } from '../../../engine/change/sysctl/keep.ts';
import {
  bootDangers,
  isKept,
  sysctlPreview,
  readTuning,
  tuningMachine,
  type Tuning,
} from '../../../engine/change/sysctl/tuning.ts';
import { askToKeep, type Verdict } from '../../terminal/ask-countdown.ts';
import { confirm } from '../../terminal/ask.ts';
import { kernelFiles, systemRoot } from '../../../this-machine.ts';
import { lookOnce } from '../watch/look.ts';
import { inProcess, isRealMachine, isTerminal, type InProcess } from '../../in-process.ts';
import { EXIT, logLine, printLine, printText, reportFailure } from '../../terminal/output.ts';
import { dangerLines, effectLines } from './sysctl-text.ts';

export interface SetOptions {
  readonly dryRun?: true;
  readonly yes?: true;
  readonly onDisk?: true;
  readonly json?: true;
}

/** How it ended. `asked-back`: somebody said no. `went-back`: nobody said anything. */
type Outcome = 'kept' | 'kept-on-disk' | 'asked-back' | 'went-back';

/** Shows what changes would bring, and changes nothing. */
function previewSettings(changes: readonly SysctlChange[], { json, onDisk }: SetOptions): void {
  const allowed = checkAll(changes, onDisk === true);
  if (!allowed.ok) {
    reportFailure(allowed.error);
    return;
  }
  const snapshot = lookOnce(GLOBAL_SCOPE);
  if (!snapshot.ok) {
    reportFailure(snapshot.error);
    return;
  }
  const { states, effects } = effectsOf(snapshot.value, changes, onDisk === true);
  if (json === true) printLine(safeJson({ version: 1, changes, effects }));
  else printText(effectLines(states, changes, effects, words()));
}

/** All that stands in the way of a change, asked before anything is written and by a rehearsal as well. */
function checkAll(changes: readonly SysctlChange[], onDisk: boolean): Result<null> {
  const together = checkTogether(changes);
  if (!together.ok) return together;
  const writable = checkWritable(kernelFiles());
  if (!writable.ok || !onDisk) return writable;
  return checkKeep(readTuning(kernelFiles(), systemRoot()), changes, kernelFiles(), systemRoot());
}

function effectsOf(snapshot: Snapshot, changes: readonly SysctlChange[], onDisk: boolean) {
  const { states, atBoot, tuning, machine } = bootOf(snapshot, changes, onDisk);
  return { states, effects: [...sysctlPreview(tuning, machine, changes), ...atBoot] };
}

/** What the next boot would bring, were the changes kept. */
function bootOf(snapshot: Snapshot, changes: readonly SysctlChange[], onDisk: boolean) {
  const tuning = readTuning(kernelFiles(), systemRoot());
  const machine = tuningMachine(snapshot);
  const atBoot = onDisk ? bootDangers(tuning, machine, changes) : [];
  return { states: tuning.states, atBoot, tuning, machine };
}

/** Shows what changes bring, makes them, and asks whether they stay. */
export async function setSettings(changes: readonly SysctlChange[], options: SetOptions): Promise<void> {
  if (options.dryRun === true) {
    previewSettings(changes, options);
    return;
  }
  const allowed = checkAll(changes, options.onDisk === true);
  if (!allowed.ok) {
    reportFailure(allowed.error);
    return;
  }
  await inProcess(async (opened) => {
    // What is shown, asked about and set is one object; what the next boot would bring is said beside it.
    const plan = await opened.client.request('change.previewSysctls', { changes: [...changes] });
    if (!plan.ok) {
      reportFailure(plan.error);
      return;
    }
    const { states, atBoot } = bootOf(opened.snapshot, changes, options.onDisk === true);
    const effects = [...plan.value.effects, ...atBoot];
    if (options.json !== true) {
      printText(effectLines(states, changes, effects, words()));
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

/** The tree that is looked at has to be the machine that is written to, and somebody has to be there to say keep. */
async function mayGoOn(effects: readonly SysctlEffect[], { yes }: SetOptions): Promise<Result<null>> {
  const real = isRealMachine();
  if (!real.ok || yes === true) return real;
  if (!isTerminal()) {
    return fail('not-asked', { why: 'no-terminal' });
  }
  const dangerous = effects.some(({ weight }) => weight === 'danger');
  if (!dangerous || (await confirm('Do it anyway? It goes back by itself unless you keep it.')))
    return ok(null);
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
      return ['Kept until the next boot. --on-disk keeps it beyond.'];
    case 'kept-on-disk':
      // Read back from the disk: of ratio and kbytes a 0 is kept by leaving its line out.
      return kept.some(({ line }) => line === 'removed' || line === 'none')
        ? kept.map((each, index) =>
            keptLine(changes[index]?.name, changes[index]?.value.toString() ?? '', each),
          )
        : [...new Set(kept.map(({ file }) => file))].map((file) => `Kept, also on disk: ${safeText(file)}`);
    case 'asked-back':
      return ['Taken back.'];
    case 'went-back':
      return ['Nobody said keep: it went back by itself.'];
  }
}

/** Writes a value for the next boot. What would not last is refused, by --dry-run as well. */
export async function keepSetting(change: SysctlChange, options: SetOptions): Promise<void> {
  const { json, dryRun, yes } = options;
  const tuning = readTuning(kernelFiles(), systemRoot());
  const allowed = checkKeep(tuning, [change], kernelFiles(), systemRoot());
  if (!allowed.ok) {
    reportFailure(allowed.error);
    return;
  }
  const effects = keptDangers(tuning, [change]);
  const { sysctl } = words();
  const text = sysctl.valueText(change.name, change.value);
  if (json !== true) for (const line of dangerLines(effects, words())) logLine(line);
  if (dryRun === true) {
    const planned = plannedKeep(tuning, change);
    if (!planned.ok) reportFailure(planned.error);
    else if (json === true) printLine(safeJson({ version: 1, change, effects, ...planned.value }));
    else printLine(sysctl.keepPlan(change.name, text, planned.value));
    return;
  }
  if (effects.length > 0 && yes !== true && isRealMachine().ok) {
    const sure = isTerminal() && (await confirm('Keep it anyway? Nothing takes it back at the next boot.'));
    if (!sure) {
      reportFailure(fail('not-asked', { why: 'declined' }).error);
      return;
    }
  }
  await writeToDisk(change.name, change.value, (kept) => {
    if (json === true) printLine(safeJson({ version: 1, change, effects, ...kept }));
    else printLine(keptLine(change.name, text, kept));
  });
}

/** What the disk says now, in words. */
function keptLine(name: SysctlName | undefined, text: string, { file, line }: Kept): string {
  if (line === 'removed')
    return `${name ?? ''} = ${text} after the next boot: ${safeText(file)} no longer sets it.`;
  if (line === 'none') return `${name ?? ''} = ${text} after the next boot already: nothing was written.`;
  return `Kept ${name ?? ''} = ${text} in ${safeText(file)}`;
}

/** Dangers of the next boot that come with changes that are kept. */
function keptDangers(tuning: Tuning, changes: readonly SysctlChange[]): readonly SysctlEffect[] {
  const snapshot = lookOnce(GLOBAL_SCOPE);
  return snapshot.ok ? bootDangers(tuning, tuningMachine(snapshot.value), changes) : [];
}

/** Takes Lifeboat's own line for a setting out of its file. */
export async function forgetSetting(name: SysctlName, { json }: SetOptions): Promise<void> {
  if (isRealMachine().ok && !isKept(readTuning(kernelFiles(), systemRoot()), name)) {
    if (json === true) printLine(safeJson({ version: 1, name, outcome: 'nothing-to-do' }));
    else printLine(`Lifeboat keeps no value of ${name}: there is nothing to take back.`);
    return;
  }
  await writeToDisk(name, undefined, ({ file }) => {
    if (json === true) printLine(safeJson({ version: 1, name, file }));
    else printLine(`${name} is no longer kept in ${safeText(file)}`);
  });
}

async function writeToDisk(
  name: SysctlName,
  value: number | undefined,
  tell: (kept: Kept) => void,
): Promise<void> {
  const real = isRealMachine();
  if (!real.ok) {
    reportFailure(real.error);
    return;
  }
  await inProcess(async ({ client }) => {
    const kept = await client.request('change.keepSysctl', compact({ name, value }));
    if (kept.ok) tell(kept.value);
    else reportFailure(kept.error);
  });
}

function words() {
  return wordsFor(process.env['LANG']);
}
