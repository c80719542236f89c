import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAMS = fileURLToPath(new URL('../fixtures/proc/programs', import.meta.url));

/** A program of test/fixtures/proc/programs, compiled for this machine. */
export interface CProgram {
  readonly path: string;
  /** Starts it; returns the first line that it prints. */
  start(...args: readonly (string | Buffer)[]): Promise<string>;
  /** Kills all that were started, and takes the program away. */
  end(): void;
}

export function compile(name: string): CProgram {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-program-'));
  const path = join(folder, name);
  execFileSync('cc', ['-O1', '-Wall', '-pthread', '-o', path, join(PROGRAMS, `${name}.c`)]);
  const children: ChildProcess[] = [];
  return {
    path,
    start(...args) {
      // An argument list is text to Node; bytes that are no UTF-8 go through a shell's printf.
      const child = args.some((arg) => typeof arg !== 'string')
        ? spawn('sh', ['-c', `exec "$0" ${args.map(shellWord).join(' ')}`, path], {
            stdio: ['ignore', 'pipe', 'inherit'],
          })
        : spawn(path, args as string[], { stdio: ['ignore', 'pipe', 'inherit'] });
      children.push(child);
      return new Promise((resolve, reject) => {
        let text = '';
        child.stdout.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
        });
        child.once('error', reject);
        child.once('exit', (code) => {
          reject(new Error(`${name} ended with ${code ?? 'a signal'}`));
        });
      });
    },
    end() {
      for (const child of children) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A word of a shell's command line with exactly these bytes. The `x` keeps newlines at the end, which `$()` would drop. */
function shellWord(arg: string | Buffer): string {
  const octal = [...Buffer.from(arg)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  return `"$(printf '${octal}')"`;
}
