import { type Holding, type KillerCondition, type KillerTrigger } from '../model/killer.ts';
import { compact } from '../optional.ts';
import { type EarlyoomOptions, type TermKill } from './earlyoom-options.ts';
import { freeSwapPercent, type MachineFigures } from './machine-figures.ts';
import { holdsIf } from './trigger.ts';

/** What earlyoom takes the percentage of: MemTotal until 1.7, since 1.8 MemAvailable + AnonPages. */
export type EarlyoomScale = 'total' | 'user';

const DEFAULT: TermKill = { term: 10, kill: 5 };

/** The scale of a version such as `1.7` or `1.8.2-3`; undefined where it is not known. Before 1.5 percentages were cut to whole numbers. */
export function earlyoomScale(version: string | undefined): EarlyoomScale | undefined {
  const [, major, minor] = /^v?(\d{1,4})\.(\d{1,4})(?!\d)/.exec(version ?? '') ?? [];
  if (major === undefined || Number(major) > 1) return major === undefined ? undefined : 'user';
  if (Number(major) < 1 || Number(minor) < 5) return undefined;
  return Number(minor) < 8 ? 'total' : 'user';
}

/**
 * When earlyoom sends SIGTERM and SIGKILL: main.c lowmem_sig(), and meminfo.c parse_meminfo() for its percentages; 1.5 to 1.9.0. `-M` and `-S`
 * are turned into percent of MemTotal and SwapTotal, and of those and `-m` and `-s` the lower ones count. Without swap 0% of it is free, and `-S`
 * means nothing. While memory goes to processes, MemAvailable + AnonPages stays as it is: that gives the line of `user`.
 */
export function earlyoomTriggers(
  figures: MachineFigures,
  options: EarlyoomOptions,
  scale: EarlyoomScale | undefined,
): readonly KillerTrigger[] {
  const { totalBytes, swapTotalBytes } = figures;
  const memory = lowerOf(options.memPercent, options.memKib, totalBytes);
  const swapKib = swapTotalBytes === 0 ? undefined : options.swapKib;
  const swap = lowerOf(options.swapPercent, swapKib, swapTotalBytes);
  return (['term', 'kill'] as const).map((step) => ({
    signal: step === 'term' ? 'TERM' : 'KILL',
    conditions: [available(figures, memory[step], scale), freeSwap(figures, swap[step])],
  }));
}

function lowerOf(percent: TermKill | undefined, kib: TermKill | undefined, ofBytes: number): TermKill {
  if (kib === undefined) return percent ?? DEFAULT;
  const asPercent = (value: number) => (100 * value) / (ofBytes / 1024);
  const converted = { term: asPercent(kib.term), kill: asPercent(kib.kill) };
  if (percent === undefined) return converted;
  return {
    term: Math.min(percent.term, converted.term),
    kill: Math.min(percent.kill, converted.kill),
  };
}

function available(
  { totalBytes, availableBytes, anonBytes }: MachineFigures,
  percent: number,
  scale: EarlyoomScale | undefined,
): KillerCondition {
  const userBytes = availableBytes + anonBytes;
  const isBelow = (ofBytes: number) => (availableBytes * 100) / ofBytes <= percent;
  const line = (ofBytes: number) => (percent / 100) * ofBytes;
  // Only where the version is not known do the scales disagree, and memory of users may be above MemTotal for a moment.
  const scales = scale === 'total' ? [totalBytes] : scale === 'user' ? [userBytes] : [totalBytes, userBytes];
  const lines = scales.map(line);
  const below = scales.filter(isBelow).length;
  const holding: Holding =
    below === scales.length ? 'holds' : below > 0 ? 'unknown' : percent > 0 ? 'may' : 'never';
  return {
    figure: 'available',
    holding,
    nowBytes: availableBytes,
    ...compact({
      lineBytes: Math.max(...lines),
      leastLineBytes: scales.length > 1 ? Math.min(...lines) : undefined,
    }),
  };
}

function freeSwap(figures: MachineFigures, linePercent: number): KillerCondition {
  const nowPercent = freeSwapPercent(figures);
  return { figure: 'free-swap', holding: holdsIf(nowPercent <= linePercent), nowPercent, linePercent };
}
