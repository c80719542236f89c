import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { promisify } from 'node:util';
import { fail, ok, type Result } from '#shared/contract/errors.ts';
import { type Written } from '#shared/contract/helper.ts';

/** Services of a user manager: systemd's charset for names, no slash, no leading point (basic/unit-name.c). */
const SERVICE_NAME = /^[A-Za-z0-9:_\\-][A-Za-z0-9:_.@\\-]{0,200}\.service$/;

function textOf(adj: string): string {
  return `# Written by Lifeboat.\n[Service]\nOOMScoreAdjust=${adj}\n`;
}

/**
 * Gives a service of one's own service manager an OOMScoreAdjust= of its own from its next start on, by a drop-in below
 * ~/.config/systemd/user (systemd.unit(5)); without a value takes that away. Needs no root; the user manager may raise the value, and lower it
 * only down to its own. `expected`: what is kept so far, empty for nothing; another one is left alone (`changed-meanwhile`), as is a file that
 * somebody else has written (`not-ours`). Where systemd cannot be told, the file is again what it was (`io-failed`). Answers with the
 * file and the values in it.
 */
export async function keepUserUnitAdj(
  unit: string,
  oomScoreAdj: number | undefined,
  expected?: string,
): Promise<Result<Written>> {
  if (!SERVICE_NAME.test(unit))
    return fail('unit-unknown', `${JSON.stringify(unit)} is not the name of a service.`);
  const configHome = process.env['XDG_CONFIG_HOME'];
  const base = configHome?.startsWith('/') === true ? configHome : `${homedir()}/.config`;
  const folder = `${base}/systemd/user/${unit}.d`;
  const file = `${folder}/90-lifeboat.conf`;
  const before = keptIn(file);
  if (!before.ok) return before;
  if (expected !== undefined && before.value !== expected)
    return fail('changed-meanwhile', `What is kept for ${unit} was changed since: it is left.`);
  const asked = oomScoreAdj === undefined ? '' : String(oomScoreAdj);
  const written = put(folder, file, asked);
  if (!written.ok) return written;
  try {
    await promisify(execFile)('systemctl', ['--user', 'daemon-reload'], { timeout: 20_000 });
  } catch {
    const back = put(folder, file, before.value);
    if (!back.ok) return back;
    return fail('io-failed', 'Your service manager could not be told, so nothing was kept.', {
      hint: 'See what "systemctl --user daemon-reload" says, and ask again.',
    });
  }
  return ok({ subject: file, before: before.value, asked, after: asked });
}

/** Makes the value the one that is kept; without one there is no file. */
function put(folder: string, file: string, adj: string): Result<null> {
  try {
    if (adj === '') rmSync(file, { force: true });
    else replace(folder, file, textOf(adj));
    return ok(null);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail('io-failed', `${file} could not be written: ${why}`);
  }
}

/** The value that Lifeboat keeps there; empty where there is no file. */
function keptIn(file: string): Result<string> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ok('');
    const why = error instanceof Error ? error.message : String(error);
    return fail('io-failed', `${file} could not be read: ${why}`);
  }
  const adj = /^OOMScoreAdjust=(-?\d{1,4})$/m.exec(text)?.[1];
  if (adj !== undefined && text === textOf(adj)) return ok(adj);
  return fail('not-ours', `${file} was written by somebody else; it is left alone.`);
}

function replace(folder: string, file: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, text, { flag: 'wx', mode: 0o644 });
  renameSync(draft, file);
}
