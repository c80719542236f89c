import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** What the second instance tells the first. */
export interface Greeting {
  readonly argv: string[];
  readonly workingDirectory: string;
  readonly additionalData: unknown;
}

/** Electron waits for the first instance's answer; a synchronous call of Node's can wait for a process only. */
const GREET = `
  const socket = require('node:net').connect('\\0' + process.argv[1]);
  socket.on('error', () => process.exit(1));
  socket.on('close', () => process.exit(0));
  socket.end(require('node:fs').readFileSync(0));
`;

/**
 * Takes the lock, as Chromium does: a symbolic link in the folder of the user's data, which only one can make, and a socket behind it. False
 * when another instance has it; that one has been greeted then.
 */
export function takeInstanceLock(
  folder: string,
  data: unknown,
  onGreeting: (greeting: Greeting) => void,
): boolean {
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, 'SingletonLock');
  const socket = `electron-double-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`;
  for (let tries = 2; tries > 0; tries -= 1) {
    if (makeLock(lock)) {
      listen(socket, onGreeting);
      process.once('exit', () => {
        rmSync(lock, { force: true });
      });
      return true;
    }
    const greeting: Greeting = { argv: process.argv, workingDirectory: process.cwd(), additionalData: data };
    const input = JSON.stringify(greeting);
    if (isAlive(lock) && spawnSync(process.execPath, ['-e', GREET, socket], { input }).status === 0)
      return false;
    rmSync(lock, { force: true });
  }
  return false;
}

function makeLock(path: string): boolean {
  try {
    symlinkSync(`double-${process.pid}`, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(lock: string): boolean {
  try {
    process.kill(Number(readlinkSync(lock).split('-').at(-1)), 0);
    return true;
  } catch {
    return false;
  }
}

function listen(name: string, onGreeting: (greeting: Greeting) => void): void {
  const server = createServer((connection) => {
    let text = '';
    connection.on('error', () => undefined);
    connection.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    connection.on('end', () => {
      onGreeting(JSON.parse(text) as Greeting);
      connection.end();
    });
  });
  // Abstract: it is gone with its process.
  server.listen({ path: `\0${name}` });
  server.unref();
}
