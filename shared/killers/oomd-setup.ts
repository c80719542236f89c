import { parsePercent, parseTimeSpan, sectionValues } from './systemd-values.ts';

/** A cgroup whose pressure systemd-oomd watches. */
export interface OomdPressure {
  readonly cgroup: string;
  readonly limitPercent: number;
  readonly seconds: number;
}

/** A rule of systemd 261 that is in force for a cgroup. Absent lines are not compared. */
export interface OomdRule {
  readonly cgroup: string;
  readonly name: string;
  readonly pressurePercent?: number;
  readonly swapUsedPercent?: number;
  readonly seconds: number;
}

/** What systemd-oomd watches. */
export interface OomdSetup {
  readonly swapUsedPercent: number;
  /** Cgroups below which it chooses when swap is nearly full. */
  readonly swap: readonly string[];
  readonly pressure: readonly OomdPressure[];
  readonly rules: readonly OomdRule[];
}

/** What holds where a unit does not say otherwise: oomd.conf(5), src/oom/oomd-conf.c. */
export interface OomdDefaults {
  readonly swapUsedPercent: number;
  readonly pressurePercent: number;
  readonly seconds: number;
}

const OOMD_DEFAULTS: OomdDefaults = { swapUsedPercent: 90, pressurePercent: 60, seconds: 30 };

/** What the files of oomd.conf(5) say, in the order in which they are read. A value that is none is passed over; an empty one gives the default. */
export function parseOomdConf(texts: readonly string[]): OomdDefaults {
  const found = { ...OOMD_DEFAULTS };
  for (const [key, value] of texts.flatMap((text) => sectionValues(text, 'OOM'))) {
    switch (key) {
      case 'SwapUsedLimit':
        found.swapUsedPercent = percentOr(value, OOMD_DEFAULTS.swapUsedPercent) ?? found.swapUsedPercent;
        break;
      // Until 248.
      case 'SwapUsedLimitPercent':
        found.swapUsedPercent =
          percentOr(`${value}%`, OOMD_DEFAULTS.swapUsedPercent) ?? found.swapUsedPercent;
        break;
      case 'DefaultMemoryPressureLimit':
        found.pressurePercent = percentOr(value, OOMD_DEFAULTS.pressurePercent) ?? found.pressurePercent;
        break;
      case 'DefaultMemoryPressureDurationSec':
        found.seconds = secondsOr(value, OOMD_DEFAULTS.seconds) ?? found.seconds;
        break;
    }
  }
  return found;
}

function percentOr(value: string, otherwise: number): number | undefined {
  return value === '' ? otherwise : parsePercent(value);
}

/** config_parse_duration(): 0 is the default, and less than a second is refused. */
function secondsOr(value: string, otherwise: number): number | undefined {
  if (value === '') return otherwise;
  const seconds = parseTimeSpan(value);
  return seconds === 0 ? otherwise : seconds === undefined || seconds < 1 ? undefined : seconds;
}

/** A file NAME.oomrule of systemd 261, without the cgroup that it is for; undefined where it compares nothing, or a value is none. */
export function parseOomRule(name: string, text: string): Omit<OomdRule, 'cgroup'> | undefined {
  const values = new Map(sectionValues(text, 'Rule'));
  const pressure = values.get('MemoryPressureAbove') ?? '';
  const swap = values.get('SwapUsageMax') ?? '';
  const lasting = values.get('LastingSec') ?? '';
  const pressurePercent = parsePercent(pressure);
  const swapUsedPercent = parsePercent(swap);
  const seconds = lasting === '' ? 0 : parseTimeSpan(lasting);
  if (seconds === undefined || (pressure === '' && swap === '')) return undefined;
  if ((pressure !== '' && pressurePercent === undefined) || (swap !== '' && swapUsedPercent === undefined))
    return undefined;
  return {
    name,
    seconds,
    ...(pressurePercent === undefined ? {} : { pressurePercent }),
    ...(swapUsedPercent === undefined ? {} : { swapUsedPercent }),
  };
}
