import { connect } from 'node:net';

/**
 * One question to the session bus, asked over its socket: whether a name has an owner. A few messages of the D-Bus wire protocol
 * (https://dbus.freedesktop.org/doc/dbus-specification.html) are all that it takes, and no program has to be installed for it.
 */
const BUS = 'org.freedesktop.DBus';
/** A bus answers within milliseconds. */
const PATIENCE_MS = 1_000;
/** The longest message that is read; answers to these calls are some 100 bytes. */
const MAX_MESSAGE_BYTES = 64 * 1024;

const METHOD_RETURN = 2;
const FIELD = { path: 1, interface: 2, member: 3, replySerial: 5, destination: 6, signature: 8 } as const;

/** Whether somebody owns the name. False where there is no bus, or it does not answer. */
export function nameHasOwner(
  env: NodeJS.ProcessEnv,
  name: string,
  patienceMs = PATIENCE_MS,
): Promise<boolean> {
  const path = busPath(env);
  const uid = process.getuid?.();
  if (path === undefined || uid === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ path });
    const settle = (answer: boolean) => {
      clearTimeout(patience);
      socket.destroy();
      resolve(answer);
    };
    const patience = setTimeout(settle, patienceMs, false);
    let received: Buffer = Buffer.alloc(0);
    let isIn = false;
    socket.on('error', () => {
      settle(false);
    });
    socket.on('close', () => {
      settle(false);
    });
    socket.on('connect', () => {
      socket.write(`\0AUTH EXTERNAL ${Buffer.from(`${uid}`).toString('hex')}\r\n`);
    });
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (!isIn) {
        const end = received.indexOf('\r\n');
        if (end === -1) return;
        if (!received.toString('latin1', 0, end).startsWith('OK ')) {
          settle(false);
          return;
        }
        isIn = true;
        received = received.subarray(end + 2);
        socket.write(
          Buffer.concat([Buffer.from('BEGIN\r\n'), call(1, 'Hello'), call(2, 'NameHasOwner', name)]),
        );
      }
      for (let message = takeMessage(); message !== undefined; message = takeMessage()) {
        if (replySerial(message) === 2) settle(message[1] === METHOD_RETURN && lastWord(message) === 1);
      }
    });

    /** The next whole message, taken out of what was received. */
    function takeMessage(): Buffer | undefined {
      if (received.length < 16) return undefined;
      const length = align(16 + uint(received, 12), 8) + uint(received, 4);
      if (length > MAX_MESSAGE_BYTES) {
        settle(false);
        return undefined;
      }
      if (received.length < length) return undefined;
      const message = received.subarray(0, length);
      received = received.subarray(length);
      return message;
    }
  });
}

/** The socket of the session bus, by its address or where systemd has it; an abstract one begins with a zero byte. */
export function busPath(env: NodeJS.ProcessEnv): string | undefined {
  for (const address of (env['DBUS_SESSION_BUS_ADDRESS'] ?? '').split(';')) {
    if (!address.startsWith('unix:')) continue;
    const pairs = new URLSearchParams(
      address.slice('unix:'.length).replaceAll('+', '%2B').replaceAll(',', '&'),
    );
    const abstract = pairs.get('abstract');
    const path = abstract === null ? pairs.get('path') : `\0${abstract}`;
    if (path !== null) return path;
  }
  const folder = env['XDG_RUNTIME_DIR'];
  return folder === undefined || folder === '' ? undefined : `${folder}/bus`;
}

/** A call of a method of the bus itself, little endian. */
function call(serial: number, member: string, argument?: string): Buffer {
  const body = argument === undefined ? Buffer.alloc(0) : text(argument);
  const fields: Buffer[] = [];
  const add = (code: number, type: string, value: Buffer) => {
    const before = Buffer.concat(fields).length;
    fields.push(
      Buffer.alloc(align(before, 8) - before),
      Buffer.from([code, 1, type.charCodeAt(0), 0]),
      value,
    );
  };
  add(FIELD.path, 'o', text('/org/freedesktop/DBus'));
  add(FIELD.interface, 's', text(BUS));
  add(FIELD.member, 's', text(member));
  add(FIELD.destination, 's', text(BUS));
  if (argument !== undefined) add(FIELD.signature, 'g', Buffer.from([1, 's'.charCodeAt(0), 0]));
  const all = Buffer.concat(fields);
  const head = Buffer.alloc(16);
  head.set(['l'.charCodeAt(0), 1, 0, 1]);
  head.writeUInt32LE(body.length, 4);
  head.writeUInt32LE(serial, 8);
  head.writeUInt32LE(all.length, 12);
  return Buffer.concat([head, all, Buffer.alloc(align(16 + all.length, 8) - 16 - all.length), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes, Buffer.alloc(1)]);
}

/** Which call a message answers; undefined for signals. */
function replySerial(message: Buffer): number | undefined {
  const end = 16 + uint(message, 12);
  for (let at = 16; at < end; at = align(at, 8)) {
    const code = message[at];
    const type = String.fromCharCode(message[at + 2] ?? 0);
    const value = type === 'g' ? at + 4 : align(at + 4, 4);
    if (code === FIELD.replySerial && type === 'u') return uint(message, value);
    if (type === 'u') at = value + 4;
    else if (type === 'g') at = value + (message[value] ?? 0) + 2;
    else at = value + 4 + uint(message, value) + 1;
  }
  return undefined;
}

/** The body of an answer that is one BOOLEAN, which takes four bytes. */
function lastWord(message: Buffer): number {
  return uint(message, message.length - 4);
}

/** In the byte order that the message's own first byte says. */
function uint(message: Buffer, at: number): number {
  if (at + 4 > message.length) return 0;
  return message[0] === 'l'.charCodeAt(0) ? message.readUInt32LE(at) : message.readUInt32BE(at);
}

function align(offset: number, to: number): number {
  return Math.ceil(offset / to) * to;
}
