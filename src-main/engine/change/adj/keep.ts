import { ok, type Failure, type Result } from '#shared/result.ts';
import { type Kept } from '#shared/contract/change.ts';
import { type DropInWaits, type Lasting } from '#shared/model/change.ts';
import { type Written } from '#shared/contract/helper.ts';
import { type ChangeWorld } from '../../world.ts';
import { firstWritten } from './apply.ts';

/** What Lifeboat can keep a value for. */
type Keepable = Exclude<Lasting, { readonly kind: 'container' }>;

export interface KeepAdjRequest {
  readonly lasting: Keepable;
  readonly oomScoreAdj: number;
}

/** Keeps a value for processes to come: a unit's drop-in, or a rule. */
export async function keepAdj(
  world: ChangeWorld,
  { lasting, oomScoreAdj }: KeepAdjRequest,
): Promise<Result<Kept>> {
  const { rights, recorder, ownWrites } = world;
  const allowed = rights.mayChange();
  if (!allowed.ok) return allowed;
  const refused = refusal(world, lasting, oomScoreAdj);
  if (refused !== undefined) return { ok: false, error: refused };
  if (lasting.kind === 'rule') {
    const added = world.addRule(lasting.name, oomScoreAdj);
    return added.ok ? ok({ file: added.value }) : added;
  }
  const { manager, name: unit } = lasting.unit;
  if (manager !== 'system') {
    const [entry] =
      recorder.begin([{ action: 'keep-user-unit-adj', subject: unit, asked: oomScoreAdj.toString() }]) ?? [];
    const written = await ownWrites.userUnit(unit, oomScoreAdj);
    recorder.settleWritten(entry, written);
    return written.ok ? ok({ file: written.value.subject }) : written;
  }
  const helper = await rights.helper();
  if (!helper.ok) return helper;
  const [entry] =
    recorder.begin([{ action: 'keep-unit-adj', subject: unit, asked: oomScoreAdj.toString() }]) ?? [];
  const answer = await helper.value.request({ verb: 'keep-unit-adj', unit, oomScoreAdj });
  const written = await firstWritten(Promise.resolve(answer));
  recorder.settleWritten(entry, written);
  if (!written.ok) return written;
  const waits = answer.ok ? waitsFor(answer.value.written) : undefined;
  return ok({ file: written.value.subject, ...(waits === undefined ? {} : { waits }) });
}

/** Whether systemd has read the drop-in, by what the helper says of `systemctl daemon-reload`. */
function waitsFor([, reload]: readonly Written[]): DropInWaits | undefined {
  if (reload === undefined || reload.after === 'done') return undefined;
  return reload.after === 'failed' ? 'not-read' : 'no-systemd';
}

/** What a preview says that cannot be done is not tried. */
function refusal(
  { lastingChecks, readEverything }: ChangeWorld,
  lasting: Keepable,
  oomScoreAdj: number,
): Failure | undefined {
  if (lastingChecks === undefined) return undefined;
  const snapshot = readEverything();
  return snapshot.ok ? lastingChecks.place(lasting, oomScoreAdj, snapshot.value).refused : snapshot.error;
}
