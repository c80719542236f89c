import { type OomdDefaults, type OomdPressure, type OomdRule, type OomdSetup } from './oomd-setup.ts';
import { parsePercent, parseTimeSpan } from './systemd-values.ts';

/** The properties that say what systemd-oomd is to watch; those that a version does not have are left out by it. */
export const OOMD_PROPERTIES = [
  'ControlGroup',
  'ManagedOOMSwap',
  'ManagedOOMMemoryPressure',
  'ManagedOOMMemoryPressureLimit',
  'ManagedOOMMemoryPressureDurationUSec',
  'OOMRules',
] as const;

/** Units that are kept: more are watched on no machine. */
const MOST_UNITS = 100;

/**
 * What units have systemd-oomd watch, as `systemctl show --property=…` prints it: `KEY=value` a line, an empty line between units. `rules` are the
 * files that there are, by name. What users' own managers have it watch is not in it.
 */
export function setupOfUnits(
  text: string,
  defaults: OomdDefaults,
  rules: ReadonlyMap<string, Omit<OomdRule, 'cgroup'>>,
): OomdSetup {
  const swap: string[] = [];
  const pressure: OomdPressure[] = [];
  const inForce: OomdRule[] = [];
  for (const block of text.split(/\n\n+/)) {
    const values = valuesOf(block);
    const cgroup = values.get('ControlGroup') ?? '';
    // A unit that does not run has none; that of the root slice is shown as `/`, or as nothing where it is called `-.slice`.
    if (!cgroup.startsWith('/')) continue;
    if (values.get('ManagedOOMSwap') === 'kill' && swap.length < MOST_UNITS) swap.push(cgroup);
    if (values.get('ManagedOOMMemoryPressure') === 'kill' && pressure.length < MOST_UNITS) {
      pressure.push({
        cgroup,
        limitPercent: limitOf(values.get('ManagedOOMMemoryPressureLimit')) ?? defaults.pressurePercent,
        seconds: parseTimeSpan(values.get('ManagedOOMMemoryPressureDurationUSec') ?? '') ?? defaults.seconds,
      });
    }
    for (const name of (values.get('OOMRules') ?? '').split(' ')) {
      const rule = rules.get(name);
      if (rule !== undefined && inForce.length < MOST_UNITS) inForce.push({ ...rule, cgroup });
    }
  }
  return { swapUsedPercent: defaults.swapUsedPercent, swap, pressure, rules: inForce };
}

function valuesOf(block: string): ReadonlyMap<string, string> {
  return new Map(
    block.split('\n').map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
}

/** `50%`; a manager that does not turn it into percent shows a share of 2^32-1. 0 stands for the default. */
function limitOf(value: string | undefined): number | undefined {
  const number = /^\d{1,10}$/.test(value ?? '') ? Number(value) : undefined;
  const percent =
    number === undefined ? parsePercent(value ?? '') : Math.round((number / 0xffffffff) * 1e4) / 100;
  return percent === 0 ? undefined : percent;
}
