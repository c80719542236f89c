import { type Group } from '../model/owners/group.ts';
import { quoted } from './terminal-command.ts';

/** A size as engines and systemd take it, exact: `256m`, or bytes where it is no whole number of MiB. */
function size(bytes: number, suffix: 'm' | 'M'): string {
  return bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20}${suffix}` : bytes.toString();
}

/**
 * The lines that give a group the limit that it has now once more: in a compose file, at `docker run`, as a property of its unit. Empty without a
 * limit, and where none of them starts it.
 */
export function sameLimitLines({ container, unit, limitBytes }: Group): readonly string[] {
  if (limitBytes === undefined) return [];
  if (container !== undefined) {
    const { engine, compose } = container;
    if (engine !== 'docker' && engine !== 'podman') return [];
    const value = size(limitBytes, 'm');
    return compose === undefined ? [`${engine} run --memory ${value} …`] : [`mem_limit: ${value}`];
  }
  if (unit === undefined) return [];
  const user = unit.manager === 'system' ? 'sudo systemctl' : 'systemctl --user';
  return [`${user} set-property ${quoted(unit.name)} MemoryMax=${size(limitBytes, 'M')}`];
}
