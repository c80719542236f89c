import { execFile } from 'node:child_process';
import { join } from 'node:path';
import * as v from 'valibot';
// An inline type would leave the import itself behind, and all of systeminformation with it.
import type { MachineIdentity } from './machine-identity.ts';

/** It starts programs of the system in its turn; on a machine without memory to spare that may take long. */
const TIMEOUT_MS = 20_000;

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const identity = v.object({
  distribution: v.exactOptional(text),
  virtualization: v.exactOptional(text),
}) satisfies v.GenericSchema<MachineIdentity>;

/**
 * The identity of the machine, read by a program that ends afterwards (src-main/identity.ts, built beside this one). Never fails: unknown
 * parts are left out.
 */
export function askIdentity(
  program = join(import.meta.dirname, 'identity.js'),
  timeoutMs = TIMEOUT_MS,
): Promise<MachineIdentity> {
  const options = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 4096 } as const;
  // Electron runs as Node only with this variable; Node ignores it.
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  return new Promise((resolve) => {
    execFile(process.execPath, [program], { ...options, env }, (error, stdout) => {
      resolve(error === null ? parse(stdout) : {});
    }).on('error', () => {
      resolve({});
    });
  });
}

function parse(stdout: string): MachineIdentity {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), identity), stdout);
  return parsed.success ? parsed.output : {};
}
