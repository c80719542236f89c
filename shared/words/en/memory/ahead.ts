import { formatBytes } from '#shared/format/bytes.ts';
import { safeText } from '#shared/format/safe-text.ts';
import { type Ahead, type WhyAhead } from '#shared/model/ahead.ts';
import { type KillOrderView, type NamedProcess } from '#shared/model/kill-order.ts';
import { type ScopeSummary } from '#shared/model/scope.ts';
import { plain, say, type Sentence, strong } from '#shared/words/sentence.ts';
import { nameOf } from '../process.ts';
import { forecast, inSpan } from './forecast.ts';
import { headroomText } from './headroom.ts';

/** `postgres (11731)`. */
function who(process: NamedProcess): string {
  return `${nameOf(process)} (${process.pid})`;
}

function anyOf({ entries, either }: KillOrderView): string {
  const names = entries.filter(({ pid }) => either.includes(pid)).map(who);
  const more = either.length - names.length;
  return more > 0 ? `${names.join(', ')} or one of ${more} more` : names.join(' or ');
}

/** What happens at the limit of a cgroup. */
function atLimit(order: KillOrderView): Sentence {
  const [first] = order.entries;
  switch (order.outcome) {
    case 'kills':
      if (first === undefined) return say`At the limit no process can be killed: its allocations fail.`;
      if (order.either.length > 1)
        return say`At the limit the kernel kills ${strong(anyOf(order))}: too close to tell.`;
      return say`At the limit the kernel kills ${strong(who(first))}.`;
    case 'kills-allocating-task':
      return say`At the limit the kernel kills the process that asks for memory.`;
    case 'waits':
      return say`At the limit its processes wait for memory: killing is switched off in it.`;
    case 'no-victim':
      return say`At the limit no process can be killed: its allocations fail.`;
    case 'panics':
    case 'deadlock-panics':
      return say`At the limit the machine stops (vm.panic_on_oom).`;
  }
}

/** What runs out next: on the first screen, and above the list in a terminal. */
export const ahead = {
  title: { soonest: 'Most likely next', 'least-left': 'Closest to its limit' } satisfies Record<
    Exclude<WhyAhead, 'nothing-nearer'>,
    string
  >,
  in: 'in',
  /** `in 3 to 6 minutes`. */
  when: ({ forecast: said }: ScopeSummary) =>
    said === undefined ? undefined : inSpan(said.lowSeconds, said.highSeconds),
  /** What a cgroup has left, how fast that goes, and what happens at its limit. */
  sentence: (scope: ScopeSummary, order: KillOrderView): Sentence => {
    const left = say`${safeText(scope.label)} has ${strong(headroomText(scope.headroom))} left of ${formatBytes(scope.limitBytes)}`;
    const grows = scope.growthBytesPerMinute ?? 0;
    const growing = grows > 0 ? say` and grows by ${formatBytes(grows)} a minute` : [];
    return say`${left}${growing}. ${atLimit(order)}`;
  },
  /** The one after the first. */
  then: 'Then',
  machine: 'the whole machine',
  /** What is said of the one after the first, behind its name. */
  later: (later: Ahead, machineForecast: string | undefined) => {
    if (later.kind === 'machine') return machineForecast ?? 'nothing is running out there';
    const { scope } = later;
    return scope.forecast === undefined
      ? `${headroomText(scope.headroom)} left of ${formatBytes(scope.limitBytes)}`
      : forecast.group(scope.forecast);
  },
  wouldKill: (victim: NamedProcess) => `next there: ${who(victim)}`,
  raise: 'Raise the limit…',
  show: (label: string) => `Show ${safeText(label)}`,
  ofMachine: 'Next if the machine runs out',
  nothing: 'Nothing is running out. If the machine did, this would be killed first.',
  /** In a terminal: `Most likely next: postgres (11731) in shop-db-1, in 3 to 6 minutes.` and why. */
  line: (why: WhyAhead, scope: ScopeSummary, order: KillOrderView) => {
    const title = why === 'soonest' ? 'Most likely next' : 'Closest to its limit';
    const span =
      scope.forecast === undefined
        ? ''
        : `, ${inSpan(scope.forecast.lowSeconds, scope.forecast.highSeconds)}`;
    return `${title}: ${safeText(scope.label)}${span}. ${plain(ahead.sentence(scope, order))}`;
  },
} as const;
