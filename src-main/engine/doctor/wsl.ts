import { ok, fail, type Result } from '#shared/result.ts';
import { type WindowsMemory, type WslMachine, type WslReport } from '#shared/model/wsl.ts';
import { askWindows } from '../../wsl/ask-windows.ts';
import { readWslMachine } from '../../wsl/read-machine.ts';
import { readWslReport } from '../../wsl/read-report.ts';
import { windowsDrive, wslSession } from '../../wsl/session.ts';
import { type World } from '../world.ts';

type Looks = Pick<World, 'files' | 'snapshot'>;

/** What can be read of WSL at no cost: some small files. No machine outside of WSL. */
export function wslMachine({ files, snapshot }: Looks): Result<{ readonly machine?: WslMachine }> {
  const seen = snapshot();
  if (!seen.ok) return seen;
  const machine = readWslMachine(files, wslSession(files, seen.value.host.pageSizeBytes));
  return ok(machine === undefined ? {} : { machine });
}

/** Everything of WSL, the files of Windows included. No report outside of WSL. */
export async function wslReport({
  files,
  snapshot,
}: Looks): Promise<Result<{ readonly report?: WslReport }>> {
  const seen = snapshot();
  if (!seen.ok) return seen;
  const report = await readWslReport(files, seen.value);
  return ok(report === undefined ? {} : { report });
}

/** The question that is being asked: a second click waits for the same answer. */
let asked: Promise<Result<WindowsMemory>> | undefined;

/** What Windows says of its memory: starts one of its programs. */
export async function askWindowsForMemory(looks: Looks): Promise<Result<WindowsMemory>> {
  const seen = wslMachine(looks);
  if (!seen.ok) return seen;
  const { machine } = seen.value;
  if (machine === undefined) return fail('windows-silent', { why: 'no-wsl' });
  asked ??= askWindows({
    machine,
    drive: windowsDrive(looks.files),
    interop: process.env['WSL_INTEROP'],
  }).finally(() => {
    asked = undefined;
  });
  return asked;
}
