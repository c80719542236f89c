import { containerOf, unitOf } from '../kernel/cgroup/names.ts';
import { type GroupKind } from '../model/owners/group.ts';

const POD =
  /^(?:kubepods(?:-[a-z]+)?-pod[0-9a-f_-]{32,36}\.slice|pod[0-9a-f-]{32,36}|machine-libpod_pod_[0-9a-f]{64}\.slice)$/;
/** Scopes and services of desktop applications (systemd.io/DESKTOP_ENVIRONMENTS), and of snaps. */
const APP = /^(?:app-.+|snap\..+)\.(?:scope|service)$/s;

/**
 * What kind of group a cgroup is by its path; undefined for one below a container or a unit, and for one that is none of them: those are groups
 * only where they have a limit of their own.
 */
export function kindOfGroup(path: string): GroupKind | undefined {
  const last = path.slice(path.lastIndexOf('/') + 1);
  const container = containerOf(path);
  if (container !== undefined) {
    const above = path.slice(0, path.lastIndexOf('/'));
    return containerOf(above) === container ? undefined : 'container';
  }
  if (POD.test(last)) return 'pod';
  const unit = unitOf(path)?.name;
  if (unit === undefined || !path.endsWith(`/${unit}`)) return undefined;
  if (APP.test(unit)) return 'app';
  // The whole of a user's manager is no service: its own units are.
  if (/^user@\d+\.service$/.test(unit)) return undefined;
  return unit.endsWith('.service') ? 'service' : 'other';
}

/** The same of a cgroup that has a limit of its own: `slice` and `other` where its path says no more. */
export function kindOfLimited(path: string): GroupKind {
  return kindOfGroup(path) ?? (path.endsWith('.slice') ? 'slice' : 'other');
}
