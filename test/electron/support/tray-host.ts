import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A session bus that lets in others than its user as well: root owns the name, Lifeboat asks for it. */
const CONFIGURATION = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>
`;

/**
 * A real session bus on which the name of the tray has an owner; it ends with the test. Returns the environment that leads to it. `home`
 * is for its configuration.
 */
export async function startTrayHost(home: string): Promise<Readonly<Record<string, string>>> {
  const file = join(home, 'session-bus.conf');
  writeFileSync(file, CONFIGURATION);
  const bus = spawn('dbus-daemon', [`--config-file=${file}`, '--nofork', '--print-address=1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => {
    bus.kill();
  });
  const [printed] = (await once(bus.stdout, 'data')) as [Buffer];
  const address = printed.toString('utf8').trim();
  await ownName(address, 'org.kde.StatusNotifierWatcher');
  return { DBUS_SESSION_BUS_ADDRESS: address };
}

/** Owns a name on a bus, as the user that this process is, until the bus ends. */
async function ownName(address: string, name: string): Promise<void> {
  const path = /unix:path=([^,]+)/.exec(address)?.[1];
  if (path === undefined) throw new Error(`no path in ${address}`);
  const socket = connect({ path }).unref();
  await once(socket, 'connect');
  const uid = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex');
  socket.write(`\0AUTH EXTERNAL ${uid}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  if (!answer.toString('latin1').startsWith('OK '))
    throw new Error(`the bus says ${answer.toString('latin1')}`);
  socket.write(Buffer.concat([Buffer.from('BEGIN\r\n'), call(1, 'Hello'), call(2, 'RequestName', name)]));
  let received = '';
  const owned = new Promise<void>((resolve, reject) => {
    socket.once('close', () => {
      reject(new Error('the bus has closed the line'));
    });
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      // The bus tells the new owner so by a signal of this name.
      if (received.includes('NameAcquired') && received.includes(name)) resolve();
    });
  });
  await owned;
}

/** A method call to the bus itself, in the little-endian form of the D-Bus specification. */
function call(serial: number, member: string, name?: string): Buffer {
  const body =
    name === undefined
      ? Buffer.alloc(0)
      : Buffer.concat([text(name), padding(text(name).length, 4), word(0)]);
  const fields: Buffer[] = [];
  const field = (code: number, type: string, value: Buffer): void => {
    const before = Buffer.concat(fields).length;
    fields.push(padding(before, 8), Buffer.from([code, 1, type.charCodeAt(0), 0]), value);
  };
  field(1, 'o', text('/org/freedesktop/DBus'));
  field(2, 's', text('org.freedesktop.DBus'));
  field(3, 's', text(member));
  field(6, 's', text('org.freedesktop.DBus'));
  if (name !== undefined) field(8, 'g', Buffer.from('\x02su\0', 'latin1'));
  const all = Buffer.concat(fields);
  const head = [Buffer.from('l\x01\0\x01', 'latin1'), word(body.length), word(serial), word(all.length), all];
  return Buffer.concat([...head, padding(16 + all.length, 8), body]);
}

function text(value: string): Buffer {
  return Buffer.concat([word(Buffer.byteLength(value)), Buffer.from(`${value}\0`)]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function padding(length: number, to: number): Buffer {
  return Buffer.alloc((to - (length % to)) % to);
}
