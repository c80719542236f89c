import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acceptedUsers, PeerUsers } from '../../../../src-main/transport/web-users.ts';
import { temporaryDir } from '../../../helpers/web-client.ts';

function tree(uidMap = '         0          0 4294967295\n') {
  const proc = temporaryDir();
  for (const folder of ['self', 'net', 'sys/kernel']) mkdirSync(join(proc, folder), { recursive: true });
  writeFileSync(join(proc, 'self/uid_map'), uidMap);
  writeFileSync(join(proc, 'sys/kernel/overflowuid'), '65534\n');
  return { proc, sys: proc, etc: proc };
}

describe('acceptedUsers', () => {
  it.for([
    { what: 'an ordinary user', uid: 1000, sudoUid: undefined, accepted: [0, 1000] },
    { what: 'an ordinary user who set SUDO_UID', uid: 1000, sudoUid: '1001', accepted: [0, 1000] },
    { what: 'root', uid: 0, sudoUid: undefined, accepted: [0] },
    { what: 'root by sudo', uid: 0, sudoUid: '1000', accepted: [0, 1000] },
    { what: 'root with a strange SUDO_UID', uid: 0, sudoUid: '-1', accepted: [0] },
    { what: 'root with an endless SUDO_UID', uid: 0, sudoUid: '1'.repeat(11), accepted: [0] },
    { what: 'nobody', uid: 65_534, sudoUid: undefined, accepted: [0, 65_534] },
  ])('for $what', ({ uid, sudoUid, accepted }) => {
    expect([...acceptedUsers(uid, sudoUid, tree())]).toEqual(accepted);
  });

  it('leaves out the id that stands for all users from outside of a namespace', () => {
    const files = tree('      1000       1000          1\n');
    expect([...acceptedUsers(65_534, undefined, files)]).toEqual([0]);
    expect([...acceptedUsers(1000, undefined, files)]).toEqual([0, 1000]);
  });
});

describe('PeerUsers', () => {
  const HEADER = '  sl  local_address rem_address   st\n';
  const line = (hexPort: string, uid: number) =>
    `   1: 0100007F:${hexPort} 0100007F:1E35 01 00000000:00000000 00:00000000 00000000  ${uid}        0 81800 1\n`;
  const connection = (port: number) => ({
    near: { address: '127.0.0.1', port },
    far: { address: '127.0.0.1', port: 7733 },
  });

  /** Owners by a table that a test writes, with a clock and a schedule that it moves. */
  function peers() {
    const files = tree();
    const table = (text: string) => {
      writeFileSync(join(files.proc, 'net/tcp'), HEADER + text);
    };
    const scheduled: { readonly callback: () => void; readonly delayMs: number }[] = [];
    let reads = 0;
    // Each look at the clock is 5 ms after the one before, so that a read takes as long.
    let now = 0;
    const users = new PeerUsers({
      files,
      nowMs: () => (now += 5),
      schedule: (callback, delayMs) => scheduled.push({ callback, delayMs }),
      mostWaiting: 3,
    });
    return {
      table,
      users,
      scheduled,
      run: () => {
        reads += 1;
        scheduled.shift()?.callback();
      },
      reads: () => reads,
    };
  }

  it('answers all that wait by one read, and makes a pause of four times its duration', () => {
    const { table, users, scheduled, run } = peers();
    table(line('0001', 1000) + line('0002', 1001));
    const answers: unknown[] = [];
    for (const port of [2, 1]) users.ask(connection(port), (uid) => answers.push(uid));
    expect(scheduled).toHaveLength(1);
    run();
    expect(answers).toEqual([1001, 1000]);
    users.ask(connection(1), (uid) => answers.push(uid));
    expect(scheduled.map(({ delayMs }) => delayMs)).toEqual([15]);
  });

  it('answers without a pause when as many wait as may, and once each', () => {
    const { table, users, scheduled, run } = peers();
    table(line('0001', 1000) + line('0002', 1001) + line('0003', 1002));
    const answers: unknown[] = [];
    for (const port of [1, 2, 3]) users.ask(connection(port), (uid) => answers.push(uid));
    expect(answers).toEqual([1000, 1001, 1002]);
    expect(scheduled).toHaveLength(1);
    run();
    expect(answers).toHaveLength(3);
    users.ask(connection(1), (uid) => answers.push(uid));
    run();
    expect(answers.slice(3)).toEqual([1000]);
  });

  it('looks a second time for a socket that the first read missed, and no third time', () => {
    const { table, users, scheduled, run } = peers();
    const answers: unknown[] = [];
    table('');
    for (const port of [1, 2]) users.ask(connection(port), (uid) => answers.push(uid));
    run();
    expect(answers).toEqual([]);
    table(line('0001', 1000));
    run();
    expect(answers).toEqual([1000, undefined]);
    expect(scheduled).toEqual([]);
  });

  it('does not tell where there is no table', () => {
    const { users, run } = peers();
    const answers: unknown[] = [];
    users.ask(connection(1), (uid) => answers.push(uid));
    run();
    expect(answers).toEqual([undefined]);
  });
});
