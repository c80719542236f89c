import { fail, ok, type Result } from '#shared/result.ts';
import { formatBytes } from '#shared/format/bytes.ts';
import { formatCount } from '#shared/format/count.ts';
import { safeJson, safeText } from '#shared/format/safe-text.ts';
import {
  goesBelowUsage,
  refusalIn,
  type CgroupPreview,
  type CgroupState,
  type CgroupChange,
} from '#shared/model/cgroup-change.ts';
import { type NamedScope } from '#shared/model/scope.ts';
import { wordsFor } from '#shared/words/index.ts';
import { plain } from '#shared/words/sentence.ts';
import { scopeNamed } from '../../../engine/watch/scopes/named-scope.ts';
import { askToKeep } from '../../terminal/ask-countdown.ts';
import { inProcess, isRealMachine, isTerminal, type InProcess } from '../../in-process.ts';
import { logLine, EXIT, printLine, printText, reportFailure } from '../../terminal/output.ts';
import { terminal } from '#shared/words/en/terminal.ts';
import { rehearseRoot, rootJson, sayRoot } from './rehearse.ts';

export interface CgroupOptions {
  readonly lasting?: true;
  readonly mayKill?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** How it ended. `asked-back`: the answer was no. `went-back`: there was no answer. */
type Outcome = 'kept' | 'asked-back' | 'went-back' | 'nothing-to-do';

const SIGNS = { note: '·', warning: '!', danger: '!!' } as const;

function outcomeLine(outcome: Outcome): string {
  const { terminal } = words();
  switch (outcome) {
    case 'kept':
      return terminal.keptCgroup;
    case 'asked-back':
      return terminal.reverted;
    case 'went-back':
      return terminal.notConfirmed;
    case 'nothing-to-do':
      return terminal.noChange;
  }
}

/** Shows what can be set of a cgroup, and how it stands. */
export async function showCgroup(asked: string | NamedScope, { json }: CgroupOptions): Promise<void> {
  await inProcess(async (opened) => {
    const path = pathMeant(opened, asked);
    if (!path.ok) {
      reportFailure(path.error);
      return;
    }
    const state = await opened.client.request('change.cgroup', { path: path.value });
    if (!state.ok) reportFailure(state.error);
    else if (json === true) printLine(safeJson({ version: 1, cgroup: state.value }));
    else printText(stateLines(state.value));
  });
}

/** Shows what a value would bring, sets it, and asks whether it stays. */
export async function setCgroup(
  asked: string | NamedScope,
  change: Pick<CgroupChange, 'setting' | 'value'>,
  options: CgroupOptions,
): Promise<void> {
  await inProcess(async (opened) => {
    const path = pathMeant(opened, asked);
    if (!path.ok) {
      reportFailure(path.error);
      return;
    }
    const preview = await opened.client.request('change.previewCgroup', { path: path.value, ...change });
    if (!preview.ok) {
      reportFailure(preview.error);
      return;
    }
    if (options.json !== true) printText(previewLines(preview.value));
    const refused = refusalIn(preview.value);
    if (refused !== undefined) {
      logLine(plain(words().cgroup.factSentence(refused)));
      process.exitCode = EXIT.failure;
      return;
    }
    if (options.dryRun === true) {
      const needsMayKill = goesBelowUsage(preview.value) && options.mayKill !== true;
      if (needsMayKill && options.json !== true) printLine(`  ${words().terminal.wouldKill}`);
      const { change: wanted, before } = preview.value;
      const root = await rehearseRoot(opened.client, wanted.value === before ? 'no' : 'yes');
      if (options.json === true) {
        const needs = needsMayKill ? { needs: '--may-kill' } : {};
        printLine(safeJson({ version: 1, ...preview.value, ...needs, ...rootJson(root) }));
      }
      sayRoot(root, options.json === true);
      return;
    }
    const outcome = await carryOut(opened, preview.value, options);
    if (!outcome.ok) {
      reportFailure(outcome.error);
      return;
    }
    if (outcome.value === 'asked-back' || outcome.value === 'went-back') process.exitCode = EXIT.failure;
    if (options.json === true) printLine(safeJson({ version: 1, ...preview.value, outcome: outcome.value }));
    else printLine(outcomeLine(outcome.value));
  });
}

/** The path that was asked for; one by a name is looked up among what is there now. */
export function pathMeant({ snapshot, containers }: InProcess, asked: string | NamedScope): Result<string> {
  if (typeof asked === 'string') return ok(asked);
  const scope = scopeNamed(snapshot, containers, asked);
  if (!scope.ok) return scope;
  return ok(scope.value.kind === 'cgroup' ? scope.value.path : '/');
}

async function carryOut(
  { client }: InProcess,
  preview: CgroupPreview,
  { mayKill, yes }: CgroupOptions,
): Promise<Result<Outcome>> {
  const { change, before } = preview;
  const real = isRealMachine();
  if (!real.ok) return real;
  if (change.value === before) return ok('nothing-to-do');
  if (goesBelowUsage(preview) && mayKill !== true) {
    return fail('would-kill', { what: 'preview' });
  }
  if (yes !== true && !isTerminal()) {
    return fail('not-asked', { why: 'no-terminal' });
  }
  const applied = await client.request('change.applyCgroup', {
    id: preview.id,
    mayKill: mayKill === true,
  });
  if (!applied.ok) return applied;
  const { id, deadlineMs } = applied.value;
  const verdict = yes === true ? 'keep' : await askToKeep(deadlineMs, { disk: false });
  if (verdict === 'silence') return ok('went-back');
  const settled =
    verdict === 'keep'
      ? await client.request('change.confirmPending', { id, onDisk: false })
      : await client.request('change.revertPending', { id });
  if (!settled.ok) return settled;
  return ok(verdict === 'keep' ? 'kept' : 'asked-back');
}

function stateLines(state: CgroupState): readonly string[] {
  const { cgroup, headroom: labels } = words();
  const { path, version, usageBytes, reclaimableBytes, processCount, values } = state;
  const { headroom, high, firstAbove } = state;
  return [
    `${words().cgroupWithPath(path)} (cgroup v${version})`,
    terminal.uses(formatBytes(usageBytes), formatBytes(reclaimableBytes), formatCount(processCount)),
    ...(headroom === undefined
      ? []
      : [`  headroom: ${labels.untilKill(headroom)}, ${labels.comfortable(headroom)}`]),
    ...(high === undefined ? [] : [`  ${labels.high[high.state](high)}`]),
    ...(firstAbove === undefined ? [] : [`  ${labels.firstAbove(firstAbove)}`]),
    ...values.map(
      ({ setting, value }) =>
        `  --${setting.padEnd(9)} ${cgroup.valueText(setting, value).padEnd(10)}  ${setting === 'max' && state.nothingToKill === true ? cgroup.limitWithoutVictim : cgroup.settings[setting].meaning}`,
    ),
  ];
}

export function previewLines({ change, file, before, effects }: CgroupPreview): readonly string[] {
  const { cgroup } = words();
  const text = (value: typeof before) => cgroup.valueText(change.setting, value);
  return [
    `${words().cgroupWithPath(change.path)} ${file}: ${text(before)} → ${text(change.value)}`,
    ...effects.flatMap(({ weight, fact }) => [
      `  ${SIGNS[weight]} ${plain(cgroup.factSentence(fact))}`,
      ...('command' in fact ? [`     ${safeText(fact.command)}`] : []),
    ]),
  ];
}

function words() {
  return wordsFor(process.env['LANG']);
}
