import { describe, expect, it } from 'vitest';
import { type JournalEntry } from '#shared/model/change.ts';
import { wordsFor } from '#shared/words/index.ts';

const words = wordsFor('en');
const ID = '16c48c5e68ad'.padEnd(64, '0');

describe('a cgroup in a sentence', () => {
  it.each([
    ['/system.slice/ssh.service', 'ssh.service'],
    [`/docker/${ID}`, 'docker:16c48c5e68ad'],
    [`/system.slice/docker-${ID}.scope`, 'docker:16c48c5e68ad'],
    ['/lxc.payload.shop-database', 'lxc:shop-database'],
    [
      '/user.slice/user-1000.slice/user@1000.service/app.slice/app-firefox-1.scope',
      'app-firefox-1.scope of user 1000',
    ],
    // Two of one name in two managers, and what lies below, are not the same.
    ['/system.slice/dbus.service', 'dbus.service'],
    ['/user.slice/user-1000.slice/user@1000.service/session.slice/dbus.service', 'dbus.service of user 1000'],
    ['/system.slice/cron.service/worker', 'cron.service/worker'],
    [`/docker/${ID}/init.scope`, 'docker:16c48c5e68ad/init.scope'],
    ['/a/b/', 'a/b'],
    ['/c/b', 'c/b'],
    ['/', '/'],
    ['/x/\u202eevil', 'x/\\u202eevil'],
  ])('%s is called %s', (path, label) => {
    expect(words.cgroupName(path)).toBe(label);
  });

  it.each([
    [`/docker/${ID} memory.max`, 'docker:16c48c5e68ad memory.max'],
    ['/box memory.limit_in_bytes', 'box memory.limit_in_bytes'],
    ['firefox (4711)', 'firefox (4711)'],
    ['/usr/bin/x (12)', '/usr/bin/x (12)'],
    ['vm.swappiness', 'vm.swappiness'],
  ])('the subject %s is called %s', (subject, name) => {
    expect(words.subjectName(subject)).toBe(name);
  });

  it('has its name in the journal, the list to undo, and every warning; its path in none of them', () => {
    const path = `/docker/${ID}`;
    const entry: JournalEntry = {
      id: 1,
      timeMs: 0,
      who: 'alice',
      action: 'set-cgroup',
      subject: `${path} memory.max`,
      before: '1073741824',
      asked: '536870912',
      after: '536870912',
      state: 'done',
      group: 1,
    };
    const said = [
      words.changes.journalLine(entry).what,
      words.undo.itemLine({ entry, does: 'write', now: '536870912', value: '1073741824', effects: [] }),
      words.undo.itemLine({ entry, does: 'left', effects: [] }),
      words.changes.warningSentence({ kind: 'own-limit-first', path, headroomBytes: 1 }),
      words.changes.warningSentence({ kind: 'dies-with-group', path }),
      words.headroom.firstAbove({ path, headroomBytes: 1 }),
      ...words.cgroup.factSentence({ kind: 'limit-above', path, headroomBytes: 1 }).map(String),
    ].join('\n');
    expect(said).toContain('docker:16c48c5e68ad memory.max: 512 MiB → 1.0 GiB');
    expect(said.match(/docker:16c48c5e68ad/g)).toHaveLength(7);
    expect(said).not.toContain(path);
  });
});
