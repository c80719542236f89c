import { fail, ok, type Result } from '#shared/result.ts';
import { type WindowsMemory, type WslMachine } from '#shared/model/wsl.ts';
import { compact } from '#shared/optional.ts';
import { runWithin } from './run-within.ts';

/** Powershell takes 0.6 to 3 s. */
const LIMIT_MS = 5000;
const MOST_BYTES = 64 * 1024;
/** Below this share of memory that is left, nothing is started. */
const LEAST_LEFT = 0.05;

/** Digits alone: the code page does not matter. The process is called Vmmem before build 22420. */
const QUESTION = [
  '$o = Get-CimInstance Win32_OperatingSystem',
  '$p = Get-Process vmmemWSL, vmmem -ErrorAction SilentlyContinue | Measure-Object WorkingSet64 -Sum',
  '"free=$($o.FreePhysicalMemory) vm=$($p.Sum)"',
].join('; ');

/** In a shell: the drive of Windows, where the program is, may hang. From a folder of Linux cmd would warn about its path. */
const SCRIPT = `cd -- "$1" 2>/dev/null
ask=$(command -v powershell.exe) || ask=$1/Windows/System32/WindowsPowerShell/v1.0/powershell.exe
exec "$ask" -NoProfile -NonInteractive -Command "$2"`;

/** What asking depends on. */
export interface AskedFrom {
  readonly machine: WslMachine;
  /** The mount of drive C. */
  readonly drive: string;
  /** WSL_INTEROP. */
  readonly interop: string | undefined;
  readonly limitMs?: number;
}

/**
 * Asks Windows for its free memory and for what the virtual machine holds: one program of Windows, within five seconds. Only because a person asked,
 * never while memory is short, and not from a service.
 */
export async function askWindows({
  machine,
  drive,
  interop,
  limitMs = LIMIT_MS,
}: AskedFrom): Promise<Result<WindowsMemory>> {
  const { memory } = machine;
  if (machine.interop !== 'on') return fail('windows-silent', { why: 'interop', is: machine.interop });
  if (interop === undefined) return fail('windows-silent', { why: 'service' });
  if (memory !== undefined && memory.freeBytes + memory.cacheBytes < LEAST_LEFT * memory.totalBytes)
    return fail('windows-silent', { why: 'memory-short' });
  const ran = await runWithin('/bin/sh', ['-c', SCRIPT, 'sh', drive, QUESTION], {
    timeoutMs: limitMs,
    mostBytes: MOST_BYTES,
    env: { WSL_INTEROP: interop },
  });
  if (ran.how === 'timeout') return fail('windows-silent', { why: 'slow', seconds: limitMs / 1000 });
  if (ran.how !== 'ended' || ran.code !== 0) return fail('windows-silent', { why: 'not-started' });
  const answer = /free=(\d{1,15}) vm=(\d{0,18})/.exec(ran.stdout.toString('latin1'));
  if (answer === null) return fail('windows-silent', { why: 'no-answer' });
  const [, freeKib = '', vm = ''] = answer;
  return ok(compact({ freeBytes: Number(freeKib) * 1024, vmBytes: vm === '' ? undefined : Number(vm) }));
}
