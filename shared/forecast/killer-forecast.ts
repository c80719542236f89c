import { type KillerForecast } from '../model/forecast.ts';
import { type Killer } from '../model/killer.ts';
import { type Swap } from '../model/memory.ts';
import { type Estimate } from './forecast.ts';

/**
 * When the first of the killers acts if the fall goes on, where that is before the kernel does. What is left counts available memory and free swap
 * together, a killer's line only the one: how much of the other is there then lies between nothing and what is there now. Undefined where none acts
 * by a line of memory, or waits for something else than memory and swap.
 */
export function killerForecast(
  { lowSeconds, highSeconds, seconds }: Estimate,
  leftBytes: number,
  killers: readonly Killer[],
  swap: Swap | undefined,
): KillerForecast | undefined {
  const found = killers.flatMap(({ name, actsAt }): (KillerForecast & { middle: number })[] => {
    if (actsAt?.availableBytes === undefined || actsAt.kind === 'now') return [];
    const { availableBytes, leastAvailableBytes = availableBytes, missing } = actsAt;
    if (missing.some(({ figure }) => figure !== 'free-swap')) return [];
    const swapBytes = swapLine(actsAt.missing, swap);
    // Until then as large a share of the time passes as of what is left.
    const until = (lineBytes: number) => Math.max(0, 1 - lineBytes / Math.max(1, leftBytes));
    const soonest = until(availableBytes + swapBytes);
    const latest = until(missing.length === 0 ? leastAvailableBytes : swapBytes);
    return [
      {
        name,
        lowSeconds: lowSeconds * soonest,
        highSeconds: highSeconds * latest,
        middle: seconds * ((soonest + latest) / 2),
      },
    ];
  });
  const [first] = found.sort((a, b) => a.middle - b.middle);
  if (first === undefined || first.middle >= seconds) return undefined;
  return { name: first.name, lowSeconds: first.lowSeconds, highSeconds: first.highSeconds };
}

/** The swap that may still be free when it acts: up to its line where it waits for that, else up to what is free now. */
function swapLine(missing: NonNullable<Killer['actsAt']>['missing'], swap: Swap | undefined): number {
  if (swap === undefined) return 0;
  const percent = missing.flatMap((condition) =>
    condition.figure === 'free-swap' ? [condition.linePercent] : [],
  )[0];
  return percent === undefined ? swap.freeBytes : (swap.totalBytes * percent) / 100;
}
