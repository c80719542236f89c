import { triggerState } from '#shared/killers/trigger.ts';
import { formatBytes } from '#shared/format/bytes.ts';
import { formatPercent } from '#shared/format/count.ts';
import { formatDuration } from '#shared/format/duration.ts';
import { safeText } from '#shared/format/safe-text.ts';
import {
  type Killer,
  type KillerCondition,
  type KillerTrigger,
  type KillerUnknown,
} from '#shared/model/killer.ts';

/** Lines are whole numbers as a rule. */
const percent = (value: number) => formatPercent(value / 100).replace('.0%', '%');
/** `a, b and c`. */
const all = (parts: readonly string[]) =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;

function lineText(lineBytes: number, leastLineBytes = lineBytes): string {
  const [most, least] = [formatBytes(lineBytes), formatBytes(leastLineBytes)];
  return most === least || leastLineBytes === 0 ? most : `${least} to ${most}`;
}

/** What a condition says, without whether it holds. */
function conditionText(condition: KillerCondition): string {
  switch (condition.figure) {
    case 'available':
      return `at most ${lineText(condition.lineBytes, condition.leastLineBytes)} is available`;
    case 'free-swap':
      return `at most ${percent(condition.linePercent)} of swap is free`;
    case 'swap':
      return 'there is swap';
    case 'zram':
      return `zram takes at least ${formatBytes(condition.lineBytes)}`;
    case 'pressure':
      return `pressure (${metricText(condition.metric)}) is above ${percent(condition.linePercent)}${condition.seconds === 0 ? '' : ` for ${formatDuration(condition.seconds)}`}`;
    case 'reclaim':
      return `memory was reclaimed in the last ${formatDuration(condition.seconds)}`;
  }
}

function metricText(metric: string): string {
  return metric.replace(/\d+$/, ' avg$&');
}

function nowText(condition: KillerCondition): string | undefined {
  switch (condition.figure) {
    case 'available':
      return formatBytes(condition.nowBytes);
    case 'free-swap':
      return percent(condition.nowPercent);
    case 'zram':
      return condition.nowBytes === undefined ? undefined : formatBytes(condition.nowBytes);
    case 'pressure':
      return pressureNow(condition);
    case 'swap':
    case 'reclaim':
      return undefined;
  }
}

function pressureNow({
  nowPercent,
  lastedSeconds,
}: KillerCondition & { figure: 'pressure' }): string | undefined {
  if (nowPercent === undefined) return undefined;
  const lasted = lastedSeconds === undefined ? '' : ` for ${formatDuration(lastedSeconds)}`;
  return percent(nowPercent) + lasted;
}

/** `at most 10% of swap is free (not yet: 88%)`. */
function conditionState(condition: KillerCondition): string {
  const now = nowText(condition);
  const word = { holds: 'holds', may: 'not yet', never: 'never here', unknown: 'not known' }[
    condition.holding
  ];
  return `${conditionText(condition)} (${now === undefined ? word : `${word}: ${now}`})`;
}

function actionText(name: Killer['name'], { signal, cgroup, rule }: KillerTrigger): string {
  if (name !== 'systemd-oomd') return `sends SIG${signal}`;
  const where = cgroup === undefined || cgroup === '/' ? 'a cgroup' : `below ${safeText(cgroup)}`;
  return `kills ${where}${rule === undefined ? '' : ` by rule ${safeText(rule)}`}`;
}

/** What is missing besides memory, where there is room for a few words. */
function missingText(condition: KillerCondition): string {
  const now = nowText(condition);
  return `${conditionText(condition)}, too${now === undefined ? '' : ` (now ${now})`}`;
}

/** The words for programs that kill before the kernel does. */
export const killers = {
  /** Where there is room for one line. */
  brief: ({ name, rehearses, actsAt, triggers, unknown }: Killer): string => {
    if (rehearses === true) return `${name} only rehearses`;
    const line = lineText(actsAt?.availableBytes ?? 0, actsAt?.leastAvailableBytes);
    switch (actsAt?.kind) {
      case 'now':
        return `${name} acts now`;
      case 'when':
        return `${name} acts below ${line}`;
      case 'also':
        return `${name} acts below ${line} when ${all(actsAt.missing.map(missingText))}`;
      case undefined:
        break;
    }
    if (triggers.some((trigger) => triggerState(trigger) === 'may')) return `${name} acts on pressure`;
    if (triggers.some((trigger) => triggerState(trigger) === 'unknown') || unknown.includes('configuration'))
      return `${name} runs, when it acts is not known`;
    return `${name} runs, and cannot act here`;
  },
  /** One sentence for each way in which it acts. */
  sentences: ({ name, triggers }: Killer): string[] =>
    triggers.map((trigger) => {
      const state = triggerState(trigger);
      const end = { holds: ' It acts now.', may: '', never: ' It never does here.', unknown: '' }[state];
      return `${name} ${actionText(name, trigger)} when ${all(trigger.conditions.map(conditionState))}.${end}`;
    }),
  unknown: {
    version:
      'Its version cannot be read. Up to 1.7 it takes percentages of all memory, since 1.8 of what programs can use.',
    configuration: 'How it is configured cannot be read.',
    'changed-file': 'Its configuration file was changed after it started, and it may act by the old one.',
    'user-units': 'Which cgroups users have it watch cannot be read.',
    arc: 'It counts the cache of ZFS as available, and acts later than its line says.',
  } satisfies Record<KillerUnknown, string>,
};
