import { compact } from '#shared/optional.ts';
import { type WslReport, type WslSettingsFile } from '#shared/model/wsl.ts';
import { wslFileName } from '#shared/wsl/file-name.ts';
import { readWslSettings } from '#shared/wsl/read-settings.ts';
import { type KernelFiles } from '../proc/kernel-files.ts';
import { runWithin } from './run-within.ts';
import { windowsDrive } from './session.ts';
import { readSettingsFile, READ_LIMIT_MS } from './settings-file.ts';

/** More users than any Windows of a person has. */
const MOST_FILES = 16;
const MOST_BYTES = 256 * 1024;

const ABSENT = 71;
/** The time of the change and the name, a line a file; patterns that fit nothing are not there, and say so on stderr. */
const SCRIPT = `[ -d "$1" ] || exit ${ABSENT}
stat -c '%Y %n' -- "$1"/*/.[wW][sS]* "$1"/*/[wW][sS][lL]*
exit 0`;

/** The settings files in the profiles of Windows, and those that were meant to be some; each within two seconds. */
export async function readWindowsFiles(
  files: KernelFiles,
  limitMs = READ_LIMIT_MS,
): Promise<Pick<WslReport, 'wslconfigs' | 'windowsDrive'>> {
  const ran = await runWithin('/bin/sh', ['-c', SCRIPT, 'sh', `${windowsDrive(files)}/Users`], {
    timeoutMs: limitMs,
    mostBytes: MOST_BYTES,
  });
  if (ran.how === 'timeout') return { wslconfigs: [], windowsDrive: 'slow' };
  if (ran.how !== 'ended' || ran.code !== 0) return { wslconfigs: [], windowsDrive: 'absent' };
  const found = ran.stdout
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [, seconds = '', path = ''] = /^(\d+) (.+)$/s.exec(line) ?? [];
      const name = path.slice(path.lastIndexOf('/') + 1);
      const { kind, meant } = wslFileName(name);
      const isIt = kind === 'wslconfig' && (meant !== undefined || name.toLowerCase() === '.wslconfig');
      return isIt ? [{ path, name, meant, changedMs: Number(seconds) * 1000 }] : [];
    })
    .slice(0, MOST_FILES);
  const wslconfigs = await Promise.all(
    found.map(async ({ path, name, meant, changedMs }): Promise<WslSettingsFile> => {
      if (meant === undefined) return readOne(path, changedMs, limitMs);
      return { path, findings: [{ line: 1, kind: 'near-miss-name', name, meant, correction: meant }] };
    }),
  );
  return { wslconfigs, windowsDrive: 'read' };
}

async function readOne(path: string, changedMs: number, limitMs: number): Promise<WslSettingsFile> {
  const read = await readSettingsFile(path, limitMs);
  if (!read.ok) {
    const { facts } = read.error;
    const slow = 'what' in facts && facts.what === 'slow';
    const denied = 'errno' in facts && (facts.errno === 'EACCES' || facts.errno === 'EPERM');
    return { path, findings: [], why: slow ? 'slow' : denied ? 'denied' : 'failed' };
  }
  const settings = readWslSettings(read.value, 'wslconfig');
  const values = settings.kind === 'wslconfig' ? settings.effective : undefined;
  return { path, findings: settings.findings, ...compact({ values, changedMs }) };
}
