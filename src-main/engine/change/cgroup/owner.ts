import { quoted } from '#shared/format/terminal-command.ts';
import { type CgroupEffect, type CgroupSetting, type CgroupChange } from '#shared/model/cgroup-change.ts';
import { uidOf, type UnitManager } from '#shared/model/unit.ts';
import { containerOf, unitPathOf } from '#shared/kernel/cgroup/names.ts';

/** systemd.resource-control(5). Its soft limit is MemorySoftLimit= no more, and memory.oom.group follows OOMPolicy=. */
export const UNIT_PROPERTIES: Readonly<Partial<Record<CgroupSetting, string>>> = {
  max: 'MemoryMax',
  high: 'MemoryHigh',
  low: 'MemoryLow',
  min: 'MemoryMin',
};

/** Docker refuses less (daemon/daemon_unix.go, linuxMinMemory). */
export const LEAST_ENGINE_BYTES = 6 * 2 ** 20;
/** Engines that can change the limit of a container that runs. */
const UPDATING = new Set(['docker', 'podman']);

/**
 * The program that made the cgroup recreates it with a value of its own; the fact has the command that gives it the new one, where there is
 * one. `swapBytes`: the swap that a container may use, Infinity without a limit; it stays as it is. The engine refuses a new limit without
 * the one of memory and swap together, where that is too low or was never set.
 */
export function lastingEffects(
  { path, setting, value }: CgroupChange,
  swapBytes: number,
): readonly CgroupEffect[] {
  const container = containerOf(path);
  if (container !== undefined) {
    const [runtime = '', id = ''] = container.split(/:(.*)/s);
    const command =
      UPDATING.has(runtime) && setting === 'max' && value !== 'max' && value >= LEAST_ENGINE_BYTES
        ? `${runtime} update --memory ${value} --memory-swap ${withSwap(value, swapBytes)} ${quoted(id.slice(0, 12))}`
        : undefined;
    return [note({ kind: 'container-rewrites', container, ...(command === undefined ? {} : { command }) })];
  }
  const last = path.slice(path.lastIndexOf('/') + 1);
  const found = unitPathOf(path).at(-1);
  if (found === undefined || last !== found.name) return [];
  const unit = found.name;
  const property = UNIT_PROPERTIES[setting];
  const set = value === 'max' ? 'infinity' : value;
  const manager = managerCommand(found.manager);
  const command =
    property === undefined ? undefined : `${manager} set-property ${quoted(unit)} ${property}=${set}`;
  return [note({ kind: 'unit-rewrites', unit, ...(command === undefined ? {} : { command }) })];
}

/** Memory and swap together, as engines want it: -1 is no limit. */
function withSwap(bytes: number, swapBytes: number): number {
  return swapBytes === Infinity ? -1 : bytes + swapBytes;
}

/** Which systemctl speaks to a manager: that of another user by its socket, which needs no session and no message bus. */
function managerCommand(manager: UnitManager): string {
  const uid = uidOf(manager);
  if (uid === undefined) return 'sudo systemctl';
  return uid === process.geteuid?.()
    ? 'systemctl --user'
    : `sudo -u '#${uid}' XDG_RUNTIME_DIR=/run/user/${uid} systemctl --user`;
}

function note(fact: CgroupEffect['fact']): CgroupEffect {
  return { weight: 'note', fact };
}
