// Over 300 lines: cases of one subject, which share what stands at the top.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fail } from '#shared/result.ts';
import { type Result } from '#shared/result.ts';
import { killWriters } from '../../../helpers/journal-kills.ts';
import { randomFrom } from '../../../fuzz/random.ts';
import { Journal, type JournalRecord } from '../../../../src-main/store/journal.ts';

const WRITER = fileURLToPath(new URL('../../../helpers/journal-writer.ts', import.meta.url));

let folder = '';
const opened: Journal[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-journal-'));
});
afterEach(() => {
  for (const journal of opened.splice(0)) journal.close();
  rmSync(folder, { recursive: true });
});

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

function open(options: { bootId?: string; nowMs?: () => number } = {}) {
  const value = must(Journal.open({ folder, nowMs: () => 1_000, bootId: 'boot', ...options }));
  opened.push(value.journal);
  return value;
}

function record(more: Partial<JournalRecord> = {}): JournalRecord {
  return {
    who: 'alice',
    action: 'set-sysctl',
    subject: 'vm.swappiness',
    asked: '10',
    state: 'done',
    ...more,
  };
}

describe('what it remembers', () => {
  it('is everything about a change', () => {
    const { journal } = open();
    const whole = record({
      action: 'set-adj',
      subject: 'firefox (4711)',
      process: { pid: 4711, startTicks: 99 },
      before: '0',
      after: '300',
      note: 'because',
    });
    expect(must(journal.add([whole]))).toEqual([{ ...whole, id: 1, timeMs: 1_000, group: 1 }]);
    expect(must(journal.entry(1))).toEqual({ ...whole, id: 1, timeMs: 1_000, group: 1 });
  });

  it('leaves out what is not known', () => {
    const { journal } = open();
    expect(must(journal.add([record()]))[0]).toEqual({ ...record(), id: 1, timeMs: 1_000, group: 1 });
    expect(must(journal.page({ limit: 1 }))[0]).toEqual({ ...record(), id: 1, timeMs: 1_000, group: 1 });
  });

  it('is there after it was closed', () => {
    const first = must(Journal.open({ folder, nowMs: () => 5, bootId: 'boot' })).journal;
    must(first.add([record()]));
    first.close();
    expect(must(open().journal.page({ limit: 9 }))).toHaveLength(1);
  });

  it('can be read by its owner alone', () => {
    must(open().journal.add([record()]));
    const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o600]);
  });
});

describe('groups and pages', () => {
  it('gives what one click did one group, and takes more into it later', () => {
    const { journal } = open();
    must(journal.add([record()]));
    const click = must(journal.add([record({ subject: 'a' }), record({ subject: 'b' })]));
    expect(click.map(({ group }) => group)).toEqual([2, 2]);
    must(journal.add([record({ subject: 'c' })], 2));
    expect(must(journal.page({ limit: 9, group: 2 })).map(({ subject }) => subject)).toEqual(['c', 'b', 'a']);
  });

  it('goes through all, newest first, page by page', () => {
    const { journal } = open();
    for (let count = 0; count < 25; count += 1) must(journal.add([record()]));
    const seen: number[] = [];
    for (let page = must(journal.page({ limit: 10 })); page.length > 0;) {
      seen.push(...page.map(({ id }) => id));
      page = must(journal.page({ limit: 10, beforeId: seen.at(-1) ?? 0 }));
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => 25 - index));
  });

  it('finds entries by what became of them', () => {
    const { journal } = open();
    must(journal.add([record(), record({ state: 'failed' }), record({ state: 'pending' })]));
    expect(must(journal.page({ limit: 9, states: ['failed', 'pending'] })).map(({ id }) => id)).toEqual([
      3, 2,
    ]);
    expect(must(journal.page({ limit: 9, states: [] }))).toEqual([]);
  });
});

const WHY = fail('not-confirmed', { why: 'time' }).error;

describe('what becomes of entries', () => {
  it('changes together, and keeps the fields that are not given', () => {
    const { journal } = open();
    must(journal.add([record({ state: 'pending', after: '10' }), record({ state: 'pending', note: 'why' })]));
    const updated = must(journal.update([1, 2], { state: 'undone', why: WHY }));
    expect(updated.map(({ state, after, why }) => [state, after, why])).toEqual([
      ['undone', '10', WHY],
      ['undone', undefined, WHY],
    ]);
  });

  it('is refused for an entry that is not there', () => {
    const { journal } = open();
    expect(journal.update([7], { state: 'undone' })).toMatchObject({
      ok: false,
      error: { code: 'not-found' },
    });
    expect(journal.entry(7)).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });

  it('settles what a Lifeboat that ended left pending, and not what is pending now', () => {
    let nowMs = 1_000;
    const { journal } = open({ nowMs: () => nowMs });
    must(
      journal.add([record({ state: 'pending' }), record(), record({ action: 'set-adj', state: 'pending' })]),
    );
    nowMs = 100_000;
    must(journal.add([record({ state: 'pending' })]));
    expect(must(journal.settlePending())).toBe(2);
    expect(must(journal.page({ limit: 9 })).map(({ state }) => state)).toEqual([
      'pending',
      'failed',
      'done',
      'reverted',
    ]);
  });

  it('knows the processes that a rule was applied to since the machine started', () => {
    const rule = (pid: number) => record({ action: 'rule', process: { pid, startTicks: pid * 2 } });
    const before = must(Journal.open({ folder, nowMs: () => 1, bootId: 'before' })).journal;
    must(before.add([rule(5)]));
    before.close();
    const { journal } = open();
    must(
      journal.add([
        rule(6),
        { ...rule(6), asked: '20' },
        { ...rule(8), state: 'failed' },
        record({ action: 'set-adj', process: { pid: 7, startTicks: 1 } }),
      ]),
    );
    expect(must(journal.ruledProcesses())).toEqual([{ pid: 6, startTicks: 12, oomScoreAdj: 20 }]);
  });
});

describe('another boot', () => {
  it('hears of changes made before it, and of no others', () => {
    const before = must(Journal.open({ folder, nowMs: () => 1, bootId: 'before' })).journal;
    must(before.add([record(), record({ process: { pid: 5, startTicks: 7 } })]));
    expect(must(before.page({ limit: 9 })).map(({ formerBoot }) => formerBoot)).toEqual([
      undefined,
      undefined,
    ]);
    before.close();
    const { journal } = open();
    expect(must(journal.add([record()]))[0]?.formerBoot).toBeUndefined();
    expect(must(journal.page({ limit: 9 })).map(({ formerBoot }) => formerBoot)).toEqual([
      undefined,
      true,
      true,
    ]);
    expect(must(journal.entry(1)).formerBoot).toBe(true);
    expect(must(journal.update([2], { state: 'undone' }))[0]?.formerBoot).toBe(true);
  });

  it('is not made up where either of the two could not be known', () => {
    open({ bootId: '' }).journal.add([record()]);
    expect(must(open().journal.page({ limit: 1 }))[0]?.formerBoot).toBeUndefined();
    open().journal.add([record()]);
    expect(must(open({ bootId: '' }).journal.page({ limit: 1 }))[0]?.formerBoot).toBeUndefined();
  });
});

describe('a file that is no journal', () => {
  const path = () => join(folder, 'journal.db');

  it('is renamed to a name that is reported, and a new one begun', () => {
    writeFileSync(path(), 'no database at all'.repeat(500));
    const { journal, setAside } = open({ nowMs: () => Date.UTC(2026, 10, 20, 10, 0, 5) });
    expect(setAside?.code).toBe('journal-failed');
    expect(setAside?.facts).toMatchObject({ keptAs: `${path()}.broken-20261120T100005Z` });
    expect(readFileSync(`${path()}.broken-20261120T100005Z`, 'utf8')).toContain('no database');
    expect(must(journal.add([record()]))).toHaveLength(1);
  });

  it('is kept aside when it is damaged inside, however often', () => {
    for (let round = 1; round <= 2; round += 1) {
      const whole = must(Journal.open({ folder, nowMs: () => 0, bootId: 'boot' })).journal;
      must(whole.add(Array.from({ length: 200 }, () => record({ note: 'n'.repeat(100) }))));
      whole.close();
      const bytes = readFileSync(path());
      bytes.fill(0x5a, 4_096, 16_384);
      writeFileSync(path(), bytes);
      const { journal, setAside } = must(Journal.open({ folder, nowMs: () => 0, bootId: 'boot' }));
      expect(setAside?.facts).toMatchObject({ fault: 'damaged' });
      expect(must(journal.page({ limit: 9 }))).toEqual([]);
      journal.close();
    }
    const kept = readdirSync(folder).filter((name) => name.includes('broken'));
    expect(kept.sort()).toEqual([
      'journal.db.broken-19700101T000000Z',
      'journal.db.broken-19700101T000000Z.2',
    ]);
  });

  it('is kept aside when it is another program’s database', () => {
    const other = new DatabaseSync(path());
    other.exec('CREATE TABLE songs (title TEXT)');
    other.close();
    expect(open().setAside?.facts).toMatchObject({ fault: 'foreign' });
  });

  it('is left alone when a newer Lifeboat wrote it', () => {
    must(Journal.open({ folder, nowMs: () => 1, bootId: 'boot' })).journal.close();
    const database = new DatabaseSync(path());
    database.exec('PRAGMA user_version=99');
    database.close();
    const refused = Journal.open({ folder, nowMs: () => 1, bootId: 'boot' });
    expect(refused).toMatchObject({ ok: false, error: { code: 'journal-failed' } });
    expect(refused.ok ? '' : refused.error.facts).toMatchObject({ what: 'newer' });
    expect(readdirSync(folder)).toEqual(['journal.db']);
  });
});

describe('where it cannot be written', () => {
  it('a folder that may only be read is a failure', () => {
    const readOnly = join(folder, 'state');
    mkdirSync(readOnly);
    chmodSync(readOnly, 0o555);
    chmodSync(folder, 0o755);
    // Root may write anywhere: become the user nobody for the moment.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      expect(Journal.open({ folder: readOnly, nowMs: () => 1, bootId: 'b' })).toMatchObject({
        ok: false,
        error: { code: 'journal-failed', facts: { errno: 'EACCES' } },
      });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('a folder that cannot be is a failure', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(Journal.open({ folder: join(folder, 'file/below'), nowMs: () => 1, bootId: 'b' })).toMatchObject({
      ok: false,
      error: { code: 'journal-failed', facts: { errno: 'ENOTDIR' } },
    });
  });

  it('a full disk is a failure, and what was acknowledged before is there', { timeout: 30_000 }, () => {
    // No file of the writer may grow beyond 512 KiB: the kernel refuses as it does on a full disk.
    const script = `ulimit -f 1024; exec "$0" "$1" "$2"`;
    const { stdout } = spawnSync('sh', ['-c', script, process.execPath, WRITER, folder], {
      encoding: 'utf8',
    });
    const lines = stdout.trim().split('\n');
    expect(lines.at(-1)).toContain('"code":"journal-failed"');
    const { journal, setAside } = open();
    expect(setAside).toBeUndefined();
    const added = lines
      .filter((line) => line.startsWith('added'))
      .flatMap((line) => line.split(' ').slice(1).map(Number));
    expect(added.length).toBeGreaterThan(20);
    const there = new Set(must(journal.page({ limit: 1_000_000 })).map(({ id }) => id));
    expect(added.filter((id) => !there.has(id))).toEqual([]);
    expect(must(journal.add([record()]))).toHaveLength(1);
  });

  it('nothing can be written after the file was lost under it, and that is a value', () => {
    const { journal } = open();
    must(journal.add([record()]));
    const other = new DatabaseSync(join(folder, 'journal.db'));
    other.exec('DROP TABLE entries');
    other.close();
    expect(journal.add([record()])).toMatchObject({ ok: false, error: { code: 'journal-failed' } });
    expect(journal.page({ limit: 1 })).toMatchObject({ ok: false, error: { code: 'journal-failed' } });
  });

  it('two Lifeboats write to one journal', () => {
    const first = open().journal;
    const second = open().journal;
    must(first.add([record({ subject: 'first' })]));
    must(second.add([record({ subject: 'second' })]));
    expect(must(first.page({ limit: 9 })).map(({ subject }) => subject)).toEqual(['second', 'first']);
  });
});

describe('kill -9', () => {
  /** The long form is `npm run fuzz -- deaths`. */
  it(
    'at 24 random points of writing: it opens, and nothing acknowledged is lost',
    { timeout: 60_000 },
    async () => {
      const lanes = ['a', 'b', 'c'].map((name, n) => killWriters(join(folder, name), 8, randomFrom(n)));
      const acknowledged = await Promise.all(lanes);
      expect(Math.min(...acknowledged.map(({ added }) => added))).toBeGreaterThan(20);
      expect(Math.min(...acknowledged.map(({ done }) => done))).toBeGreaterThan(5);
    },
  );
});
