import { existsSync, statSync } from 'node:fs';
import { type UnitFacts } from '#shared/killers/systemd.ts';
import { uidOf, type UnitManager } from '#shared/model/unit.ts';
import { runProgram, type RunAs } from '../run-program.ts';
import { lacksPolicy, parseShow, parseVersion, SHOWN_PROPERTIES } from './parse-show.ts';

/** Names in one argument list: far below what the kernel allows. */
const MOST_UNITS = 500;

/** Asks a service manager for facts of its units. Without an answer, what it does is presumed. */
export type AskUnits = (
  manager: UnitManager,
  names: readonly string[],
) => Promise<ReadonlyMap<string, UnitFacts> | undefined>;

/** Asks by one run of `systemctl show` for all units of a manager. Undefined where systemd does not run, or may not be asked. */
export const askSystemd: AskUnits = async (manager, names) => {
  const caller = callerFor(manager);
  if (caller === undefined) return undefined;
  const asked = names.slice(0, MOST_UNITS);
  const text = await caller(['show', `--property=${SHOWN_PROPERTIES.join()}`, '--', ...asked]);
  if (text === undefined) return undefined;
  if (!lacksPolicy(text)) return parseShow(text, asked);
  const version = await caller(['show', '--property=Version', '--value']);
  return parseShow(text, asked, version === undefined ? undefined : parseVersion(version));
};

type Systemctl = (args: readonly string[]) => Promise<string | undefined>;

/** How to ask a manager: any user may ask the system's; a user's own answers that user, and root, which asks as that user. */
function callerFor(manager: UnitManager): Systemctl | undefined {
  if (!existsSync('/run/systemd/system')) return undefined;
  const uid = uidOf(manager);
  if (uid === undefined) return (args) => run(args, {});
  const runtime = `/run/user/${uid}`;
  const env = { XDG_RUNTIME_DIR: runtime, DBUS_SESSION_BUS_ADDRESS: `unix:path=${runtime}/bus` };
  const own = process.geteuid?.();
  if (uid === own) return (args) => run(['--user', ...args], { env });
  if (own !== 0) return undefined;
  const stat = statSync(runtime, { throwIfNoEntry: false });
  if (stat?.uid !== uid) return undefined;
  return (args) => run(['--user', ...args], { env, uid, gid: stat.gid });
}

function run(args: readonly string[], as: RunAs): Promise<string | undefined> {
  return runProgram('systemctl', ['--no-pager', ...args], as);
}
