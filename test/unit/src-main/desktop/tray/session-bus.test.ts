import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { busPath, nameHasOwner } from '../../../../../src-main/desktop/tray/session-bus.ts';
import { hasTrayHost } from '../../../../../src-main/desktop/tray/tray-host.ts';
import { temporaryDir } from '../../../../helpers/web-client.ts';

/** What dbus-daemon 1.14 said to a Hello and a NameHasOwner, as recorded: the answer to one, a signal, the answer to the other. */
const RECORDED = Buffer.from(
  [
    'l\x02\x01\x01\x09\0\0\0\x01\0\0\0=\0\0\0\x06\x01s\0\x04\0\0\0:1.0\0\0\0\0\x05\x01u\0\x01\0\0\0',
    '\x08\x01g\0\x01s\0\0\x07\x01s\0\x14\0\0\0org.freedesktop.DBus\0\0\0\0\x04\0\0\0:1.0\0',
    'l\x04\x01\x01\x09\0\0\0\x02\0\0\0\x8d\0\0\0\x01\x01o\0\x15\0\0\0/org/freedesktop/DBus\0\0\0',
    '\x02\x01s\0\x14\0\0\0org.freedesktop.DBus\0\0\0\0\x03\x01s\0\x0c\0\0\0NameAcquired\0\0\0\0',
    '\x06\x01s\0\x04\0\0\0:1.0\0\0\0\0\x08\x01g\0\x01s\0\0\x07\x01s\0\x14\0\0\0org.freedesktop.DBus\0\0\0\0',
    '\x04\0\0\0:1.0\0l\x02\x01\x01\x04\0\0\0\x03\0\0\0=\0\0\0\x06\x01s\0\x04\0\0\0:1.0\0\0\0\0',
    '\x05\x01u\0\x02\0\0\0\x08\x01g\0\x01b\0\0\x07\x01s\0\x14\0\0\0org.freedesktop.DBus\0\0\0\0\x01\0\0\0',
  ].join(''),
  'latin1',
);

/** The recorded answers with something put over them, from the end. */
function changed(fromEnd: number, bytes: readonly number[]): Buffer {
  const copy = Buffer.from(RECORDED);
  copy.set(bytes, copy.length - fromEnd);
  return copy;
}

/** The position, from the end, at which the last message begins. */
const LAST = RECORDED.length - RECORDED.lastIndexOf('l\x02\x01\x01');

/** A bus that says this, and what was said to it. */
async function startBus(welcome: string, answers: Buffer, chunkBytes = Infinity) {
  const path = join(temporaryDir(), 'bus');
  const heard: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1');
      heard.push(text);
      if (text.startsWith('\0AUTH')) socket.write(welcome);
      if (!text.startsWith('BEGIN')) return;
      for (let at = 0; at < answers.length; at += chunkBytes)
        socket.write(answers.subarray(at, at + chunkBytes));
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    server.close();
  });
  return { env: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${path},guid=5efcf467` }, heard };
}

/** For answers that do come: here the bus shares a thread with who asks. */
const PATIENCE_MS = 10_000;
const WELCOME = 'OK 5efcf4673e6c446b91ebba186b003f53\r\n';

describe('nameHasOwner', () => {
  it.for([Infinity, 1, 7])('reads the answer of a real bus in pieces of %s bytes', async (chunkBytes) => {
    const { env, heard } = await startBus(WELCOME, RECORDED, chunkBytes);
    expect(await nameHasOwner(env, 'org.freedesktop.DBus', PATIENCE_MS)).toBe(true);
    const uid = Buffer.from(`${process.getuid?.() ?? ''}`).toString('hex');
    expect(heard[0]).toBe(`\0AUTH EXTERNAL ${uid}\r\n`);
  });

  it('says no when the answer is no', async () => {
    const { env } = await startBus(WELCOME, changed(4, [0, 0, 0, 0]));
    expect(await nameHasOwner(env, 'org.kde.StatusNotifierWatcher')).toBe(false);
  });

  it('takes an error of the bus for no', async () => {
    const { env } = await startBus(WELCOME, changed(LAST - 1, [3]));
    expect(await nameHasOwner(env, 'org.kde.StatusNotifierWatcher')).toBe(false);
  });

  it.for([
    { what: 'refuses us', welcome: 'REJECTED EXTERNAL\r\n', answers: RECORDED },
    {
      what: 'promises more than any answer has',
      welcome: WELCOME,
      answers: changed(LAST - 4, [0, 0, 0, 0x40]),
    },
    { what: 'breaks off', welcome: WELCOME, answers: RECORDED.subarray(0, -1) },
    { what: 'says nothing', welcome: '', answers: RECORDED },
    { what: 'talks nonsense', welcome: WELCOME, answers: Buffer.alloc(4096, 0xff) },
  ])('says no to a bus that $what', async ({ welcome, answers }) => {
    const { env } = await startBus(welcome, answers);
    expect(await nameHasOwner(env, 'org.freedesktop.DBus', 50)).toBe(false);
  });

  it('says no where no bus is', async () => {
    const env = { XDG_RUNTIME_DIR: temporaryDir() };
    expect(await nameHasOwner(env, 'org.freedesktop.DBus')).toBe(false);
    expect(await nameHasOwner({}, 'org.freedesktop.DBus')).toBe(false);
  });
});

describe('hasTrayHost', () => {
  it('asks for the name that every desktop with a tray has', async () => {
    const { env, heard } = await startBus(WELCOME, RECORDED);
    expect(await hasTrayHost(env)).toBe(true);
    expect(heard[1]).toContain('NameHasOwner');
    expect(heard[1]).toContain('org.kde.StatusNotifierWatcher');
  });
});

describe('busPath', () => {
  it.for([
    { address: 'unix:path=/run/user/1000/bus', path: '/run/user/1000/bus' },
    { address: 'unix:path=/run/user/1000/bus,guid=5efc', path: '/run/user/1000/bus' },
    { address: 'unix:abstract=/tmp/dbus-Xx1,guid=5efc', path: '\0/tmp/dbus-Xx1' },
    { address: 'unix:path=/tmp/with%20space+and', path: '/tmp/with space+and' },
    { address: 'tcp:host=127.0.0.1,port=1;unix:path=/second', path: '/second' },
    { address: 'unixexec:path=/bin/sh', path: '/run/user/7/bus' },
    { address: '', path: '/run/user/7/bus' },
  ])('finds the socket of "$address"', ({ address, path }) => {
    expect(busPath({ DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: '/run/user/7' })).toBe(path);
  });

  it('finds none without either', () => {
    expect(busPath({ XDG_RUNTIME_DIR: '' })).toBeUndefined();
  });
});
