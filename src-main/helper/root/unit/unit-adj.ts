import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, rmdirSync } from 'node:fs';
import { type HelperValue, type Written } from '#shared/contract/helper.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { adjInDropIn, dropInText } from '#shared/format/drop-in.ts';
import { SYSTEM_UNIT_FOLDERS, templateOf } from '#shared/model/unit.ts';
import { attempt, inside, withFolder } from '../files.ts';
import { editConfig, makeFolder, withConfigFolder } from '../config-file.ts';
import { underLock } from '../register/run-folder.ts';
import { type Tree } from '../tree.ts';

const FOLDER = '/etc/systemd/system';
const FILE = '90-lifeboat.conf';
/** Reloading takes a second or two on a machine with a thousand units. */
const SYSTEMCTL_MS = 12_000;

/** Gives a unit an OOMScoreAdjust= of its own, from its next start on. */
export async function keepUnitAdj(
  tree: Tree,
  unit: string,
  adj: number,
  expected?: string,
): Promise<Result<HelperValue>> {
  const names = [unit, templateOf(unit) ?? unit];
  const known = SYSTEM_UNIT_FOLDERS.some((folder) =>
    names.some((name) => existsSync(`${tree.root}${folder}/${name}`)),
  );
  if (!known) return fail('unit-unknown', { unit, fault: 'none-such' });
  const wasThere = existsSync(`${tree.root}${FOLDER}/${unit}.d`);
  const made = withConfigFolder(tree.root + FOLDER, (folder) => makeFolder(folder, `${unit}.d`));
  if (!made.ok) return made;
  const written = await editDropIn(tree, unit, adj, expected);
  if (written.ok) return withReload(tree, unit, written.value);
  if (!wasThere) removeFolderWhenEmpty(tree, unit);
  return written;
}

/** Removes what keepUnitAdj() wrote. */
export async function forgetUnitAdj(
  tree: Tree,
  unit: string,
  expected?: string,
): Promise<Result<HelperValue>> {
  const nothing = { subject: `${FOLDER}/${unit}.d/${FILE}`, before: '', asked: '', after: '' };
  const isThere = existsSync(`${tree.root}${FOLDER}/${unit}.d`);
  const written = isThere ? await editDropIn(tree, unit, undefined, expected) : ok(nothing);
  if (!written.ok) return written;
  removeFolderWhenEmpty(tree, unit);
  return withReload(tree, unit, written.value);
}

/** Writes the drop-in, or removes it where no value is given. */
async function editDropIn(
  tree: Tree,
  unit: string,
  adj?: number,
  expected?: string,
): Promise<Result<Written>> {
  const folder = `${FOLDER}/${unit}.d`;
  const subject = `${folder}/${FILE}`;
  const asked = adj === undefined ? '' : String(adj);
  let before = '';
  const edited = await underLock(tree, () =>
    withConfigFolder(tree.root + folder, (open) =>
      editConfig(open, FILE, (text) => {
        const kept = text === '' ? '' : adjInDropIn(unit, text, true);
        if (kept === undefined) return fail('not-ours', { what: 'file', path: subject });
        if (expected !== undefined && kept !== expected)
          return fail('changed-meanwhile', { what: 'kept', name: unit });
        before = kept;
        return ok(adj === undefined ? '' : dropInText(unit, asked, true));
      }),
    ),
  );
  return edited.ok ? ok({ subject, before, asked, after: asked }) : edited;
}

/** It may have drop-ins of others, be gone already, or be another thing by now: then it stays as it is. */
function removeFolderWhenEmpty(tree: Tree, unit: string): void {
  attempt(`${unit}.d`, () =>
    withFolder(`${tree.root}${FOLDER}`, (folder) => {
      rmdirSync(inside(folder, `${unit}.d`));
      return ok(undefined);
    }),
  );
}

/** Lets systemd, where it runs, read its files again, and asks for the value that counts now: a drop-in with a later name wins over ours. */
async function withReload(tree: Tree, unit: string, file: Written): Promise<Result<HelperValue>> {
  const reload = { subject: 'systemctl daemon-reload', before: '', asked: 'done' };
  const systemctl = ['/usr/bin/systemctl', '/bin/systemctl']
    .map((path) => tree.root + path)
    .find((path) => existsSync(path));
  if (systemctl === undefined || !existsSync(`${tree.root}/run/systemd/system`))
    return ok({ written: [file, { ...reload, after: 'systemd does not run here' }] });
  const reloaded = await run(systemctl, ['daemon-reload']);
  if (!reloaded.ok) return ok({ written: [file, { ...reload, after: 'failed' }] });
  const shown = await run(systemctl, ['show', '--property=OOMScoreAdjust', '--value', '--', unit]);
  const now = shown.ok ? shown.value.trim() : file.asked;
  if (file.asked !== '' && now !== file.asked)
    return fail('read-back-differs', { what: 'drop-in', path: file.subject, unit, now });
  return ok({ written: [file, { ...reload, after: 'done' }] });
}

/** Runs systemctl by its exact path, with nothing of our environment. */
function run(systemctl: string, args: readonly string[]): Promise<Result<string>> {
  return new Promise((resolve) => {
    const child: ChildProcess = spawn(systemctl, args, {
      cwd: '/',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', SYSTEMD_COLORS: '0' },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: SYSTEMCTL_MS,
      killSignal: 'SIGKILL',
    });
    let output = '';
    // None where no descriptor is left.
    child.stdout?.on('data', (chunk: Buffer) => {
      output = `${output}${chunk.toString('latin1')}`.slice(0, 4096);
    });
    const failed = (why: string) => {
      resolve(fail('io-failed', { what: 'systemctl', verb: args[0] ?? '', how: why }));
    };
    child.once('error', (error) => {
      failed(error.message);
    });
    child.once('close', (code, signal) => {
      if (code === 0) resolve(ok(output));
      else
        failed(signal === null ? `exit code ${code ?? 'unknown'}` : `no answer in ${SYSTEMCTL_MS / 1000} s`);
    });
  });
}
