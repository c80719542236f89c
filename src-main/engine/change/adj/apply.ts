import { ok, type Result } from '#shared/result.ts';
import { type Applied } from '#shared/contract/change.ts';
import { type Written } from '#shared/contract/helper.ts';
import { type AdjChange, type AdjOutcome } from '#shared/model/change.ts';
import { type ProcessId } from '#shared/model/process.ts';
import { type ChangeWorld, type OwnWrites } from '../../world.ts';
import { compact } from '#shared/optional.ts';
import { ownIn } from './own-in.ts';

/**
 * Writes what a preview showed, one process after the other; each outcome stands for itself. The helper is started only when one of the
 * changes needs root, and nothing is written when it cannot be.
 */
export async function applyAdj(
  world: ChangeWorld,
  { changes }: { readonly changes: readonly AdjChange[] },
): Promise<Result<Applied>> {
  const { rights, recorder, ownWrites: own } = world;
  const snapshot = world.readEverything();
  if (!snapshot.ok) return snapshot;
  const isOwn = ownIn(snapshot.value, world.ownUid);
  const allowed = rights.mayChange();
  if (!allowed.ok) return allowed;
  const rooted = new Set<AdjChange>();
  for (const change of changes) if (!isOwn(change) || !(await mayWrite(own, change))) rooted.add(change);
  const helper = rooted.size > 0 ? await rights.helper() : undefined;
  if (helper?.ok === false) return helper;
  const entries = recorder.begin(
    changes.map(({ pid, startTicks, name, label, before, after }) => ({
      action: 'set-adj',
      subject: label === undefined ? `${name} (${pid})` : `${label} (${name} ${pid})`,
      process: { pid, startTicks },
      before: before.toString(),
      asked: after.toString(),
    })),
  );
  const outcomes: AdjOutcome[] = [];
  for (const [index, change] of changes.entries()) {
    const { pid, startTicks, name, label, before, after: asked } = change;
    const id = { pid, startTicks };
    const called = { ...id, name, ...compact({ label }) };
    const seen = await own.see(id, name);
    const written: Result<Written> = !seen.ok
      ? seen
      : helper === undefined || !rooted.has(change)
        ? own.adj(seen.value, asked, before)
        : await firstWritten(
            helper.value.request({
              verb: 'set-adj',
              process: seen.value,
              oomScoreAdj: asked,
              expected: before,
            }),
          );
    const entry = entries?.[index];
    // Who shares an address space with one that was written before has the value already (fs/proc/base.c, __set_oom_adj()).
    const isThere = !written.ok && written.error.code === 'changed-meanwhile' && hasValue(own, id, asked);
    if (written.ok || isThere) {
      const after = written.ok ? written.value.after : asked.toString();
      outcomes.push({ ...called, before, asked, after: Number(after) });
      recorder.settle(entry, 'done', { after });
    } else {
      outcomes.push({ ...called, before, asked, error: written.error });
      recorder.settle(entry, 'failed', { why: written.error });
    }
  }
  const group = entries?.[0]?.group;
  return ok({ ...(group === undefined ? {} : { group }), outcomes });
}

/**
 * Whether one's own process may be given its value without root. It may be raised, and lowered to oom_score_adj_min (fs/proc/base.c,
 * __set_oom_adj()), which no file shows: only a write tells. What that wrote is put back, since nothing is changed yet: another one may need
 * root, and root may be refused.
 */
async function mayWrite(
  own: OwnWrites,
  { pid, startTicks, name, before, after }: AdjChange,
): Promise<boolean> {
  if (after >= before) return true;
  const seen = await own.see({ pid, startTicks }, name);
  // Without root as little comes of it as with it: the write says so.
  if (!seen.ok) return true;
  const tried = own.adj(seen.value, after, before);
  if (tried.ok) own.adj(seen.value, before, after);
  return tried.ok || tried.error.code !== 'needs-root';
}

function hasValue(own: OwnWrites, process: ProcessId, oomScoreAdj: number): boolean {
  const now = own.readAdj(process);
  return now.ok && now.value === oomScoreAdj;
}

/** The one value that a request wrote. */
export async function firstWritten(
  answer: Promise<Result<{ readonly written: readonly Written[] }>>,
): Promise<Result<Written>> {
  const result = await answer;
  if (!result.ok) return result;
  const [written] = result.value.written;
  if (written === undefined) throw new Error('the helper wrote nothing and said so as a success');
  return ok(written);
}
