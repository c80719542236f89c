import { type Kept } from '#shared/contract/change.ts';
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
import { plain } from '#shared/words/sentence.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import {
  isKept,
  previewSysctls,
  readTuning,
  tuningMachine,
  winnersOver,
} from '../../../engine/change/sysctl/tuning.ts';
import { askToKeep, type Verdict } from '../../terminal/ask-countdown.ts';
import { confirm } from '../../terminal/ask.ts';
import { kernelFiles, systemRoot } from '../../../this-machine.ts';
import { lookOnce } from '../watch/look.ts';
import { isRealMachine, isTerminal, withActions, type OpenedActions } from './open-actions.ts';
import { EXIT, logLine, printLine, reportFailure } from '../../terminal/output.ts';
import { effectLines } from './sysctl-text.ts';

export interface SetOptions {
  readonly dryRun?: true;
  readonly yes?: true;
  readonly onDisk?: true;
  readonly json?: true;
}

/** How it ended. `asked-back`: somebody said no. `went-back`: nobody said anything. */
type Outcome = 'kept' | 'kept-on-disk' | 'asked-back' | 'went-back';

/** Shows what changes would bring, and changes nothing. */
function previewSettings(changes: readonly SysctlChange[], { json }: SetOptions): void {
  const snapshot = lookOnce(GLOBAL_SCOPE);
  if (!snapshot.ok) {
    reportFailure(snapshot.error);
    return;
  }
  const { states, effects } = effectsOf(snapshot.value, changes);
  if (json === true) printLine(safeJson({ version: 1, changes, effects }));
  else for (const line of effectLines(states, changes, effects, words())) printLine(line);
}

function effectsOf(snapshot: Snapshot, changes: readonly SysctlChange[]) {
  const tuning = readTuning(kernelFiles(), systemRoot());
  return { states: tuning.states, effects: previewSysctls(tuning, tuningMachine(snapshot), changes) };
}

/** Shows what changes bring, makes them, and asks whether they stay. */
export async function setSettings(changes: readonly SysctlChange[], options: SetOptions): Promise<void> {
  if (options.dryRun === true) {
    previewSettings(changes, options);
    return;
  }
  await withActions(async (opened) => {
    const { states, effects } = effectsOf(opened.snapshot, changes);
    if (options.json !== true) {
      for (const line of effectLines(states, changes, effects, words())) printLine(line);
    }
    const allowed = await mayGoOn(effects, options);
    const applied = allowed.ok ? await opened.actions.applySysctls(changes) : allowed;
    const settled = applied.ok ? await settle(opened, applied.value, options) : applied;
    if (!settled.ok) {
      reportFailure(settled.error);
      return;
    }
    const { outcome, kept } = settled.value;
    if (outcome === 'asked-back' || outcome === 'went-back') process.exitCode = EXIT.failure;
    if (options.json === true) printLine(safeJson({ version: 1, changes, effects, outcome, kept }));
    else for (const line of outcomeLines(outcome, kept)) printLine(line);
  });
}

/** The tree that is looked at has to be the machine that is written to, and somebody has to be there to say keep. */
async function mayGoOn(effects: readonly SysctlEffect[], { yes }: SetOptions): Promise<Result<null>> {
  const real = isRealMachine();
  if (!real.ok || yes === true) return real;
  if (!isTerminal()) {
    return fail('changes-not-allowed', 'There is no terminal to confirm the change in.', {
      hint: 'Nothing was changed. --yes keeps it without asking, --dry-run shows what it would do.',
    });
  }
  const dangerous = effects.some(({ weight }) => weight === 'danger');
  if (!dangerous || (await confirm('Do it anyway? It goes back by itself unless you keep it.')))
    return ok(null);
  return fail('changes-not-allowed', 'Nothing was changed.');
}

async function settle(
  { actions }: OpenedActions,
  { id, deadlineMs }: PendingChange,
  { yes, onDisk }: SetOptions,
): Promise<Result<{ readonly outcome: Outcome; readonly kept: readonly Kept[] }>> {
  const verdict: Verdict = yes === true ? 'keep' : await askToKeep(deadlineMs);
  if (verdict === 'silence') return ok({ outcome: 'went-back', kept: [] });
  if (verdict === 'take-back') {
    const reverted = await actions.revertPending(id);
    return reverted.ok ? ok({ outcome: 'asked-back', kept: [] }) : reverted;
  }
  const toDisk = onDisk === true || verdict === 'keep-on-disk';
  const kept = await actions.confirmPending(id, toDisk);
  return kept.ok ? ok({ outcome: toDisk ? 'kept-on-disk' : 'kept', kept: kept.value }) : kept;
}

function outcomeLines(outcome: Outcome, kept: readonly Kept[]): readonly string[] {
  switch (outcome) {
    case 'kept':
      return ['Kept until the next boot. --on-disk keeps it beyond.'];
    case 'kept-on-disk':
      return [...new Set(kept.map(({ file }) => file))].map(
        (file) => `Kept, also on disk: ${safeText(file)}`,
      );
    case 'asked-back':
      return ['Taken back.'];
    case 'went-back':
      return ['Nobody said keep: it went back by itself.'];
  }
}

/** Writes a value for the next boot, and says when another file would win. */
export async function keepSetting(change: SysctlChange, { json, dryRun }: SetOptions): Promise<void> {
  const { disk } = readTuning(kernelFiles(), systemRoot());
  const winner = winnersOver(disk, [change]).get(change.name);
  const effects: readonly SysctlEffect[] =
    winner === undefined
      ? []
      : [
          {
            name: change.name,
            weight: 'warning',
            fact: { kind: 'other-file-wins', file: winner.file, value: winner.value },
          },
        ];
  const { sysctl } = words();
  if (json !== true) {
    for (const { name, fact } of effects) logLine(plain(sysctl.factSentence(name, fact)));
  }
  if (dryRun === true) {
    if (json === true) printLine(safeJson({ version: 1, change, effects }));
    else printLine(`Would keep ${change.name} = ${sysctl.valueText(change.name, change.value)}.`);
    return;
  }
  await writeToDisk(change.name, change.value, ({ file }) => {
    if (json === true) printLine(safeJson({ version: 1, change, effects, file }));
    else
      printLine(`Kept ${change.name} = ${sysctl.valueText(change.name, change.value)} in ${safeText(file)}`);
  });
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
  await withActions(async ({ actions }) => {
    const kept = await actions.keepSysctl(name, value);
    if (kept.ok) tell(kept.value);
    else reportFailure(kept.error);
  });
}

function words() {
  return wordsFor(process.env['LANG']);
}
