import { fail, type Failure } from '#shared/result.ts';
import { type JournalEntry } from '#shared/model/change.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl/specs.ts';
import { SYSCTL_NAMES, type SysctlState } from '#shared/model/sysctl/sysctl.ts';
import { keptBy } from './undo-sysctls.ts';

/**
 * Why a change of a former boot cannot be taken back; undefined where it can, or is of this one. A boot ends all processes and recreates
 * every cgroup: one of the same number or name is another one, even with the same value. A setting is still ours where Lifeboat's own line
 * on disk has set it again. Lines on disk outlive boots.
 */
export function endedByBoot(
  entry: JournalEntry,
  entries: readonly JournalEntry[],
  settings: readonly SysctlState[],
): Failure | undefined {
  if (entry.formerBoot !== true) return undefined;
  const { action, subject } = entry;
  switch (action) {
    case 'set-adj':
    case 'rule':
      return fail('former-boot', { of: 'process', subject }).error;
    case 'set-cgroup':
    case 'set-limit-until-boot':
      return fail('former-boot', { of: 'cgroup', subject }).error;
    case 'set-sysctl':
      return isKept(entry, entries, settings)
        ? undefined
        : fail('former-boot', { of: 'setting', subject }).error;
    // Kept by the engine or by systemd: what has another value by now is left.
    case 'set-limit':
    case 'keep-sysctl':
    case 'forget-sysctl':
    case 'keep-unit-adj':
    case 'forget-unit-adj':
    case 'keep-user-unit-adj':
    case 'keep-rule':
    case 'forget-rule':
      return undefined;
  }
}

/** Set again at boot by Lifeboat's own line, or cleared by the one of its partner. */
function isKept(
  { subject, after, group }: JournalEntry,
  entries: readonly JournalEntry[],
  settings: readonly SysctlState[],
): boolean {
  const name = SYSCTL_NAMES.find((known) => known === subject);
  if (name === undefined || after === undefined) return false;
  const { clears } = SYSCTL_SPECS[name];
  const partner = entries.find((other) => other.group === group && other.subject === clears);
  if (after === '0' && clears !== undefined && partner !== undefined) {
    return partner.after !== undefined && keptBy(settings, clears) === partner.after;
  }
  return keptBy(settings, name) === after;
}
