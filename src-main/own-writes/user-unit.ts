import { execFile } from 'node:child_process';
import { rmdirSync, rmSync } from 'node:fs';
import { failureLine } from '#shared/words/index.ts';
import { readText } from '../proc/kernel-files.ts';
import { writeWhole } from '../store/whole-file.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { type Written } from '#shared/contract/helper.ts';
import { adjInDropIn, dropInText } from '#shared/format/drop-in.ts';
import { isStartingUnit } from '#shared/model/unit.ts';
import { homeFolder } from '../store/folders.ts';

/** It takes well under a second, and is done twice at most. */
const RELOAD_TIMEOUT_MS = 10_000;

/** Drop-ins of all services of one's own have the same text. */
const ANY_SERVICE = 'any.service';

/** A drop-in and the folder that it is in. */
export interface DropIn {
  readonly folder: string;
  readonly file: string;
}

/**
 * Gives a service of one's own service manager an OOMScoreAdjust= of its own from its next start on, by a drop-in below
 * ~/.config/systemd/user (systemd.unit(5)); without a value takes that away. Needs no root; the user manager may raise the value, and lower it
 * only down to its own. `expected`: what is kept so far, empty for nothing; another one is left alone (`changed-meanwhile`), as is a file that
 * Lifeboat has not written (`not-ours`). Where systemd does not reload, the file is put back (`manager-untold`), unless it has been changed
 * meanwhile (`changed-meanwhile`). Returns the file and the values in it.
 */
export async function keepUserUnitAdj(
  unit: string,
  oomScoreAdj: number | undefined,
  expected?: string,
  reloadTimeoutMs = RELOAD_TIMEOUT_MS,
): Promise<Result<Written>> {
  const dropIn = userDropIn(unit);
  if (!dropIn.ok) return dropIn;
  const { file } = dropIn.value;
  const before = keptIn(file);
  if (!before.ok) return before;
  if (expected !== undefined && before.value !== expected)
    return fail('changed-meanwhile', { what: 'kept', name: unit });
  const asked = oomScoreAdj === undefined ? '' : String(oomScoreAdj);
  const whyNot = put(dropIn.value, asked);
  if (whyNot !== undefined) return fail('io-failed', { what: 'write', path: file, errno: whyNot });
  const reloaded = await reload(reloadTimeoutMs);
  if (reloaded === 'done') return ok({ subject: file, before: before.value, asked, after: asked });

  const back = putBack(dropIn.value, asked, before.value);
  if (!back.ok) return back;
  // One that was reached may be reading the file that is gone, and then reads what is there now.
  const reloadedBack = await reload(reloadTimeoutMs);
  const state = reloaded === 'refused' || reloadedBack === 'done' ? 'as-before' : 'unknown';
  return fail('manager-untold', { file, state });
}

/** Where a value for a service of one's own is kept. Fails for what is no name of a service. */
export function userDropIn(unit: string): Result<DropIn> {
  if (!isStartingUnit(unit) || !unit.endsWith('.service'))
    return fail('unit-unknown', { unit, fault: 'no-service' });
  const folder = `${userUnitFolder()}/${unit}.d`;
  return ok({ folder, file: `${folder}/90-lifeboat.conf` });
}

/** Where the units of one's own are configured (systemd.unit(5)). */
export function userUnitFolder(): string {
  const configHome = process.env['XDG_CONFIG_HOME'];
  const base = configHome?.startsWith('/') === true ? configHome : `${homeFolder()}/.config`;
  return `${base}/systemd/user`;
}

/** Has the manager reload its units. `unknown`: only systemctl was ended, the manager may go on. */
async function reload(timeoutMs: number): Promise<'done' | 'refused' | 'unknown'> {
  return new Promise((resolve) => {
    execFile('systemctl', ['--user', 'daemon-reload'], { timeout: timeoutMs }, (error) => {
      if (error === null) resolve('done');
      // An exit code, or why there was nothing to start; none of one that a signal ended.
      else resolve(error.code === undefined || error.code === null ? 'unknown' : 'refused');
    });
  });
}

/** Puts back what was kept before, where what is kept now is still what was asked. */
function putBack(dropIn: DropIn, asked: string, before: string): Result<null> {
  const { file } = dropIn;
  const now = keptIn(file);
  if (!now.ok) return now;
  if (now.value !== asked) {
    return fail('changed-meanwhile', { what: 'drop-in', path: file });
  }
  const whyNot = put(dropIn, before);
  if (whyNot === undefined) return ok(null);
  return fail('manager-untold', { file, state: 'left', says: asked, why: whyNot });
}

/** Writes the value to keep; an empty one removes the file. Returns why it could not. */
function put({ folder, file }: DropIn, adj: string): string | undefined {
  if (adj !== '') {
    const written = writeWhole(file, dropInText(ANY_SERVICE, adj, false));
    return written.ok ? undefined : failureLine(written.error);
  }
  try {
    remove(folder, file);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The value that Lifeboat keeps there; empty where there is no file. */
export function keptIn(file: string): Result<string> {
  const read = readText(file);
  if (!read.ok) {
    if (read.why === 'missing') return ok('');
    return fail('io-failed', { what: 'read', path: file, errno: read.errno });
  }
  const adj = adjInDropIn(ANY_SERVICE, read.value, false);
  return adj !== undefined ? ok(adj) : fail('not-ours', { what: 'file', path: file });
}

function remove(folder: string, file: string): void {
  rmSync(file, { force: true });
  try {
    rmdirSync(folder);
  } catch {
    // It has drop-ins of others (ENOTEMPTY), or is not there; an empty one would do no harm either.
  }
}
