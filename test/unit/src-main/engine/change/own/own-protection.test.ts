import { describe, expect, it } from 'vitest';
import { fail, ok, type Result } from '#shared/result.ts';
import { type Applied } from '#shared/contract/change.ts';
import { type AdjChange, type Rights } from '#shared/model/change.ts';
import { OwnProtection } from '../../../../../../src-main/engine/change/own/own-protection.ts';
import { sampledTree } from '../../../../../helpers/processes/process-sampler.ts';

const ALLOWED: Rights = { state: 'allowed', via: 'pkexec', sysResource: true };
const window = (pid: number, adj: number) => ({
  pid,
  parentPid: 100,
  adj,
  name: 'lifeboat',
  cmdline: ['/opt/Lifeboat/lifeboat-desktop', '--type=renderer'],
  rssAnonPages: 100,
});

/** A Lifeboat on a built machine, whose writes succeed unless said otherwise. */
function lifeboat({ isWanted = true } = {}) {
  const { tree, sample } = sampledTree({
    processes: [{ pid: 100, name: 'lifeboat', adj: -250, rssAnonPages: 10 }, window(102, 300)],
  });
  const asked: (readonly [pid: number, after: number])[] = [];
  let rights: Rights = ALLOWED;
  let refuses = false;
  const apply = (changes: readonly AdjChange[]): Promise<Result<Applied>> => {
    for (const { pid, after } of changes) asked.push([pid, after]);
    const { error } = fail('changed-meanwhile', { what: 'race', subject: 'x' });
    const outcomes = changes.map((change) => ({
      ...change,
      asked: change.after,
      ...(refuses ? { error } : {}),
    }));
    return Promise.resolve(ok({ group: 1, outcomes }));
  };
  const protection = new OwnProtection({
    mainPid: 100,
    isWanted: () => isWanted,
    rights: () => rights,
    snapshot: () => ok(sample()),
    apply,
  });
  return {
    tree,
    protection,
    asked,
    /** Takes a reading a second. */
    pass: async (seconds: number) => {
      for (let each = 0; each < seconds; each += 1) await protection.take(sample());
      return asked.splice(0);
    },
    setRights: (next: Rights) => (rights = next),
    refuse: (does: boolean) => (refuses = does),
  };
}

describe('OwnProtection', () => {
  it('protects a new process once it has settled, and only once', async () => {
    const { tree, pass } = lifeboat();
    expect(await pass(2)).toEqual([]);
    expect(await pass(3)).toEqual([[102, -250]]);
    // The user reverts it: that is respected.
    expect(await pass(10)).toEqual([]);
    tree.setProcess(window(103, 300));
    expect(await pass(6)).toEqual([[103, -250]]);
  });

  it('does nothing unless the user has asked for it', async () => {
    const { pass } = lifeboat({ isWanted: false });
    expect(await pass(10)).toEqual([]);
  });

  it('never asks for root: it waits until changes are allowed', async () => {
    const { pass, setRights } = lifeboat();
    setRights({ state: 'asks', method: 'pkexec', command: '' });
    expect(await pass(10)).toEqual([]);
    setRights(ALLOWED);
    expect(await pass(6)).toEqual([[102, -250]]);
  });

  it('tries again where the value was another one meanwhile, and gives up then', async () => {
    const { pass, refuse } = lifeboat();
    refuse(true);
    expect(await pass(30)).toEqual([
      [102, -250],
      [102, -250],
      [102, -250],
    ]);
  });

  it('protects at once when asked to, and says when there is nothing to do', async () => {
    const { protection, asked, tree } = lifeboat();
    const standing = () => {
      const found = protection.standing();
      return found.ok ? found.value : expect.unreachable(found.error.code);
    };
    expect(await protection.protect(standing())).toMatchObject({ ok: true });
    expect(asked).toEqual([[102, -250]]);
    tree.setProcess(window(102, -250));
    expect(await protection.protect(standing())).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });

  it('tells where it stands', () => {
    const standing = lifeboat().protection.standing();
    expect(standing).toMatchObject({
      ok: true,
      value: { processes: [{ role: 'main' }, { role: 'window' }] },
    });
  });
});
