import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Alert } from '#shared/model/alert.ts';
import { Journal, JOURNAL_FILE } from '../../../../src-main/store/journal.ts';
import { temporaryDir } from '../../../helpers/web-client.ts';

const KILL: Alert = {
  kind: 'kill',
  count: 1,
  witness: 'was-next',
  scope: { kind: 'cgroup', path: '/box' },
  victims: [{ pid: 7, name: 'a\u0000\ud800', freedBytes: 2 ** 40, rank: 1 }],
};
const TIGHT: Alert = {
  kind: 'pressure',
  what: 'available',
  thresholdPercent: 10,
  availableBytes: 1,
  totalBytes: 100,
};

function recorded(folder = temporaryDir()) {
  const opened = Journal.open({ folder, nowMs: () => 0, bootId: 'boot' });
  if (!opened.ok) throw new Error(opened.error.code);
  const { journal } = opened.value;
  let isOpen = true;
  const close = () => {
    if (isOpen) journal.close();
    isOpen = false;
  };
  onTestFinished(close);
  return {
    record: journal.alerts,
    journal,
    folder,
    close,
    database: () => new DatabaseSync(join(folder, JOURNAL_FILE)),
  };
}

describe('AlertRecord', () => {
  it('has after a restart what was recorded before it, newest first, as it was', () => {
    const { record, folder, close } = recorded();
    expect(record.add(10, KILL, { interrupts: true })).toEqual({
      ok: true,
      value: { id: 1, timeMs: 10, alert: KILL },
    });
    record.add(20, TIGHT, { interrupts: false });
    close();
    const again = recorded(folder).record;
    expect(again.page(10)).toEqual({
      ok: true,
      value: [
        { id: 2, timeMs: 20, alert: TIGHT },
        { id: 1, timeMs: 10, alert: KILL },
      ],
    });
    expect(again.page(10, 2)).toMatchObject({ ok: true, value: [{ id: 1 }] });
    expect(again.page(1)).toMatchObject({ ok: true, value: [{ id: 2 }] });
  });

  it('records an occasion once, and remembers when the user was interrupted for it', () => {
    const { record } = recorded();
    record.add(10, KILL, { occasion: 'kill boot 7', interrupts: false });
    expect(record.interruptionsSince(0)).toEqual({ ok: true, value: [] });
    const second = record.add(
      15,
      { ...KILL, witness: 'ended' },
      { occasion: 'kill boot 7', interrupts: true },
    );
    expect(second).toMatchObject({ ok: true, value: { id: 1, timeMs: 10 } });
    expect(record.page(10)).toMatchObject({ ok: true, value: [{ alert: { witness: 'was-next' } }] });
    const known = [{ kind: 'kill', subject: 'a\u0000\ud800', timeMs: 15 }];
    expect(record.interruptionsSince(15)).toMatchObject({
      ok: true,
      value: [{ ...known[0], subject: expect.any(String) as unknown }],
    });
    expect(record.interruptionsSince(16)).toEqual({ ok: true, value: [] });
  });

  it('forgets the oldest of thousands', () => {
    const { record, database } = recorded();
    record.add(1, TIGHT, { interrupts: false });
    const raw = database();
    raw.exec("UPDATE sqlite_sequence SET seq = 5000 WHERE name = 'alerts'");
    raw.close();
    record.add(2, TIGHT, { interrupts: false });
    expect(record.page(10)).toMatchObject({ ok: true, value: [{ id: 5001 }] });
  });

  it('leaves out what it cannot read: a newer Lifeboat, or another program, wrote it', () => {
    const { record, database } = recorded();
    record.add(1, TIGHT, { interrupts: false });
    const raw = database();
    for (const text of ['{"kind":"eclipse"}', 'not json', '{"kind":"kill","count":"1"}']) {
      raw.prepare(`INSERT INTO alerts (time_ms, kind, subject, alert) VALUES (2, 'x', 'y', ?)`).run(text);
    }
    raw.close();
    expect(record.page(10)).toMatchObject({ ok: true, value: [{ id: 1, alert: TIGHT }] });
  });
});

describe('Journal.protections', () => {
  const change = (
    pid: number,
    before: number,
    after: number,
    state: 'done' | 'undone' | 'failed' = 'done',
  ) => ({
    who: 'alice',
    action: 'set-adj' as const,
    subject: `p (${pid})`,
    process: { pid, startTicks: pid * 10 },
    before: `${before}`,
    asked: `${after}`,
    after: `${after}`,
    state,
  });

  it('are those of this boot whose value was lowered last and stands', () => {
    const { journal, folder } = recorded();
    journal.add([
      change(1, 300, -12),
      change(2, 0, 500),
      change(3, 0, -5, 'undone'),
      change(4, 0, -5, 'failed'),
      { ...change(5, 0, -100), action: 'rule' },
      change(6, 0, -100),
    ]);
    journal.add([change(6, -100, 0)]);
    expect(journal.protections()).toEqual({
      ok: true,
      value: {
        processes: [
          { pid: 1, startTicks: 10 },
          { pid: 5, startTicks: 50 },
        ],
        units: [],
      },
    });
    const other = Journal.open({ folder, nowMs: () => 0, bootId: 'another' });
    if (!other.ok) throw new Error(other.error.code);
    expect(other.value.journal.protections()).toEqual({ ok: true, value: { processes: [], units: [] } });
    other.value.journal.close();
  });

  const kept = (unit: string, asked: number, before?: number) => ({
    who: 'alice',
    action: 'keep-unit-adj' as const,
    subject: unit,
    before: before?.toString() ?? '',
    asked: `${asked}`,
    state: 'done' as const,
  });

  it('are the units whose kept value was lowered last and stands, in any boot', () => {
    const { journal, folder } = recorded();
    journal.add([
      kept('lowered.service', -500),
      { ...kept('own.service', -1), action: 'keep-user-unit-adj' },
      kept('less-raised.service', 300, 800),
      kept('given-up.service', 700),
      { ...kept('refused.service', -500), state: 'failed' },
      { ...kept('taken-back.service', -500), state: 'undone' },
      kept('forgotten.service', -500),
      kept('raised-since.service', -500),
    ]);
    journal.add([
      { ...kept('forgotten.service', 0, -500), action: 'forget-unit-adj', asked: '' },
      kept('raised-since.service', 400, -500),
    ]);
    const other = Journal.open({ folder, nowMs: () => 0, bootId: 'another' });
    if (!other.ok) throw new Error(other.error.code);
    const found = other.value.journal.protections();
    other.value.journal.close();
    const units = found.ok ? found.value.units : [];
    expect(units.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
      { name: 'less-raised.service', ofUser: false },
      { name: 'lowered.service', ofUser: false },
      { name: 'own.service', ofUser: true },
    ]);
  });

  it.for([
    ['-500 kept once more', [kept('a.service', -500), kept('a.service', -500, -500)], true],
    ['-800 eased to -500', [kept('a.service', -800), kept('a.service', -500, -800)], true],
    ['-500 over what another program wrote', [kept('a.service', -500, -500)], true],
    ['100 instead of 300, kept once more', [kept('a.service', 100, 300), kept('a.service', 100, 100)], true],
    ['300 instead of 100, kept once more', [kept('a.service', 300, 100), kept('a.service', 300, 300)], false],
    ['100 where nothing was kept', [kept('a.service', 100)], false],
    ['0 instead of -500', [kept('a.service', -500), kept('a.service', 0, -500)], false],
  ] as const)('of units: %s', ([, entries, isProtected]) => {
    const { journal } = recorded();
    for (const entry of entries) journal.add([entry]);
    const units = isProtected ? [{ name: 'a.service', ofUser: false }] : [];
    expect(journal.protections()).toEqual({ ok: true, value: { processes: [], units } });
  });

  it('tell a unit of one’s own from one of the system by the same name', () => {
    const { journal } = recorded();
    const own = { ...kept('a.service', -5), action: 'keep-user-unit-adj' as const };
    journal.add([own, kept('a.service', 700)]);
    const units = [{ name: 'a.service', ofUser: true }];
    expect(journal.protections()).toEqual({ ok: true, value: { processes: [], units } });
  });
});
