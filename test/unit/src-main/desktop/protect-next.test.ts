import { describe, expect, it } from 'vitest';
import { fail, ok, type Result } from '#shared/result.ts';
import { type Applied } from '#shared/contract/change.ts';
import { type Handlers } from '#shared/contract/server.ts';
import { type AdjChange, type AdjPreview, type AdjRequest, type Warning } from '#shared/model/change.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { clientOf } from '../../../../src-main/composition.ts';
import { protectNext } from '../../../../src-main/desktop/protect-next.ts';
import { strictHandlers } from '../../../helpers/fake-handlers.ts';

const VICTIM = { pid: 10, startTicks: 1 };
const CHANGE: AdjChange = { ...VICTIM, name: 'big', before: 300, after: -12 };

function requests(changes: readonly AdjChange[], applied?: Result<Applied>, other: Partial<Handlers> = {}) {
  const asked: AdjRequest[] = [];
  const written: string[] = [];
  const handlers: Partial<Handlers> = {
    'change.previewAdj': (request: AdjRequest): Result<AdjPreview> => {
      asked.push(request);
      return ok({
        id: 'p1',
        computedAtMs: 0,
        writes: [],
        request,
        changes,
        orderAfter: [],
        place: { before: 1, after: 60, of: 214 },
        warnings: [],
        needsRoot: true,
        lasting: [],
      });
    },
    'change.applyAdj': ({ id }: { readonly id: string }) => {
      written.push(id);
      if (applied === undefined) throw new Error('nothing was to be written');
      return Promise.resolve(applied);
    },
    ...other,
  };
  return { asked, written, client: clientOf(strictHandlers(handlers), () => undefined) };
}

describe('protectNext', () => {
  it('writes what the preview of lasting protection shows, and says the place it gives', async () => {
    const outcome = { ...VICTIM, name: 'big', before: 300, asked: -12, after: -12 };
    const stage = requests([CHANGE], ok({ group: 1, outcomes: [outcome] }));
    expect(await protectNext(stage.client, VICTIM)).toEqual({
      kind: 'done',
      outcome,
      place: { before: 1, after: 60, of: 214 },
    });
    expect(stage.asked).toEqual([
      { target: { kind: 'process', id: VICTIM }, intent: { kind: 'later' }, scope: GLOBAL_SCOPE },
    ]);
    expect(stage.written).toEqual(['p1']);
  });

  it.each(['strong', 'never'] as const)('asks for the strength that was chosen: %s', async (strength) => {
    const stage = requests([], undefined);
    await protectNext(stage.client, VICTIM, strength);
    expect(stage.asked.map(({ intent }) => intent)).toEqual([{ kind: strength }]);
  });

  it.for<Warning>([
    { kind: 'mostly-unkillable', share: 0.9 },
    { kind: 'own-limit-first', path: '/a', headroomBytes: 4096 },
    { kind: 'out-of-reach', names: ['big'] },
  ])('writes nothing where there is something to read first: $kind', async (warning) => {
    const stage = requests([CHANGE]);
    const previewing = clientOf(
      strictHandlers({
        'change.previewAdj': async (request) => {
          const shown = await stage.client.request('change.previewAdj', request);
          return shown.ok ? ok({ ...shown.value, warnings: [warning] }) : shown;
        },
      }),
      () => undefined,
    );
    expect(await protectNext(previewing, VICTIM, 'never')).toEqual({ kind: 'ask', warning });
    expect(stage.written).toEqual([]);
  });

  it('writes nothing where it stands behind another already', async () => {
    expect(await protectNext(requests([]).client, VICTIM)).toEqual({ kind: 'nothing' });
  });

  it('tells why it could not be', async () => {
    const gone = fail('process-gone', { what: 'process', pid: 1 });
    const refusing = requests([], undefined, { 'change.previewAdj': () => gone });
    expect(await protectNext(refusing.client, VICTIM)).toEqual({ kind: 'failed', error: gone.error });
    const none = fail('elevation-none', { why: 'not-installed' });
    expect(await protectNext(requests([CHANGE], none).client, VICTIM)).toEqual({
      kind: 'failed',
      error: none.error,
    });
    const { error } = fail('no-cap-sys-resource', { subject: 'oom_score_adj' });
    const outcome = { ...VICTIM, name: 'big', before: 300, asked: -12, error };
    expect(await protectNext(requests([CHANGE], ok({ outcomes: [outcome] })).client, VICTIM)).toEqual({
      kind: 'failed',
      error,
    });
  });
});
