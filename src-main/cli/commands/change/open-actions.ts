import { fail, ok, type Result } from '#shared/result.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { type UnitFactsCache } from '../../../collect/units/unit-facts.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { type Actions } from '../../../engine/change/actions.ts';
import { composeActions } from '../../../engine/change/compose.ts';
import { kernelFiles, openSampler, openUnitFacts, systemRoot } from '../../../this-machine.ts';
import { interestIn } from '../watch/look.ts';
import { logLine, reportFailure } from '../../terminal/output.ts';

/** The actions for one command in a terminal, with a first look at the machine. */
export interface OpenedActions {
  readonly actions: Actions;
  readonly snapshot: Snapshot;
  readonly unitFacts: UnitFactsCache;
  readonly close: () => Promise<void>;
}

/** Opens sampler, journal and the way to root; starts nothing. */
export function openActions(): Result<OpenedActions> {
  const sampler = openSampler();
  if (!sampler.ok) return sampler;
  const lookClosely = () => sampler.value.sample(interestIn(GLOBAL_SCOPE));
  const snapshot = lookClosely();
  if (!snapshot.ok) {
    sampler.value.close();
    return snapshot;
  }
  const unitFacts = openUnitFacts();
  const composed = composeActions({
    files: kernelFiles(),
    lookClosely,
    policy: 'when-asked',
    asks: process.stdin.isTTY ? 'terminal' : 'nobody',
    emit: () => undefined,
    log: logLine,
    unitFacts,
  });
  return ok({
    actions: composed.actions,
    snapshot: snapshot.value,
    unitFacts,
    close: async () => {
      await composed.close();
      sampler.value.close();
    },
  });
}

/** Runs with them, and closes them whatever comes of it. */
export async function withActions(work: (opened: OpenedActions) => Promise<void>): Promise<void> {
  const opened = openActions();
  if (!opened.ok) {
    reportFailure(opened.error);
    return;
  }
  try {
    await work(opened.value);
  } finally {
    await opened.value.close();
  }
}

/** The tree that is looked at has to be the machine that is written to. */
export function isRealMachine(): Result<null> {
  if (systemRoot() === '') return ok(null);
  return fail('not-asked', { why: 'other-tree' });
}

/** Somebody is there who can be asked, and hears the question. */
export function isTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}
