import { spawn } from 'node:child_process';

/** How a program ended that was given a limited time. */
export type RanWithin =
  | { readonly how: 'ended'; readonly code: number; readonly stdout: Buffer; readonly stderr: string }
  /** It did not end in time. Where the kernel holds it (a drive that hangs) it may live on. */
  | { readonly how: 'timeout' }
  /** More output than allowed. */
  | { readonly how: 'too-much' }
  /** It could not be started, or a signal ended it. */
  | { readonly how: 'failed'; readonly errno: string | undefined };

/** What a program may take. */
export interface RunLimits {
  readonly timeoutMs: number;
  readonly mostBytes: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** More than any message of a program that is looked at. */
const MOST_STDERR = 4096;

/**
 * Runs a program and answers within the limit whatever becomes of it: one that waits for a drive that hangs cannot even be killed, and nothing here
 * waits for it.
 */
export function runWithin(program: string, args: readonly string[], limits: RunLimits): Promise<RanWithin> {
  const { timeoutMs, mostBytes, env = {}, cwd } = limits;
  const PATH = process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin';
  const child = spawn(program, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, LC_ALL: 'C', ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let stderr = '';
    const settle = (ran: RanWithin) => {
      clearTimeout(timer);
      if (ran.how !== 'ended') child.kill('SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
      resolve(ran);
    };
    const timer = setTimeout(() => {
      settle({ how: 'timeout' });
    }, timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > mostBytes) settle({ how: 'too-much' });
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = `${stderr}${text}`.slice(0, MOST_STDERR);
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      settle({ how: 'failed', errno: error.code });
    });
    child.once('close', (code) => {
      settle(
        code === null
          ? { how: 'failed', errno: undefined }
          : { how: 'ended', code, stdout: Buffer.concat(chunks), stderr },
      );
    });
  });
}
