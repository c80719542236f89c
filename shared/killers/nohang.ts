import { type KillerCondition, type KillerTrigger, type PressureMetric } from '../model/killer.ts';
import { compact } from '../optional.ts';
import { freeSwapPercent, type MachineFigures } from './machine-figures.ts';
import { type NohangConf, type NohangLine, type NohangStep } from './nohang-conf.ts';
import { holdsIf } from './trigger.ts';

type Step = 'soft' | 'hard';

/** Figures that only nohang asks for. Absent: not known. */
export interface NohangFigures extends MachineFigures {
  /** mem_used_total of all zram devices. */
  readonly zramUsedBytes?: number;
  /** There is ZFS, whose cache it counts as available: it acts at less than its line says. */
  readonly countsArc: boolean;
  /** `unmeasured`: the kernel does not measure pressure. */
  readonly pressurePercent: 'unmeasured' | ((metric: PressureMetric) => number | undefined);
  /** For how many seconds memory and pressure were seen beyond the lines of a step. */
  readonly lastedSeconds: (step: Step) => number | undefined;
}

/** The file that nohang watches by default, and the only one that is read for it. */
const PSI_PATH = '/proc/pressure/memory';

/**
 * When nohang asks processes to end (`soft`) and kills them (`hard`): check_mem_swap_ex(), check_psi_ex() and check_zram_ex() of src/nohang,
 * 0.2.0 to 0.3.0. Each way needs little available memory: with little free swap, with pressure that lasts on a machine with swap, or with much
 * memory in zram.
 */
export function nohangTriggers(figures: NohangFigures, conf: NohangConf): readonly KillerTrigger[] {
  return (['soft', 'hard'] as const).flatMap((step) => {
    const low = available(figures, conf[step]);
    const ways = [
      [freeSwap(figures, conf[step])],
      ...(conf.checksPsi ? [pressure(figures, conf, step)] : []),
      ...(conf.checksZram ? [[zram(figures, conf[step])]] : []),
    ];
    return ways.map((others): KillerTrigger => ({
      signal: step === 'soft' ? 'TERM' : 'KILL',
      conditions: [low, ...others],
    }));
  });
}

function available(
  { totalBytes, availableBytes, countsArc }: NohangFigures,
  { minMem }: NohangStep,
): KillerCondition {
  const lineBytes = bytesOf(minMem, totalBytes);
  const isBelow = availableBytes <= lineBytes;
  const holding = lineBytes <= 0 ? 'never' : isBelow && countsArc ? 'unknown' : holdsIf(isBelow);
  const least = countsArc ? { leastLineBytes: 0 } : {};
  return { figure: 'available', holding, nowBytes: availableBytes, lineBytes, ...least };
}

function freeSwap(figures: MachineFigures, { minSwap }: NohangStep): KillerCondition {
  const { swapTotalBytes, swapFreeBytes } = figures;
  const lineBytes = bytesOf(minSwap, swapTotalBytes);
  return {
    figure: 'free-swap',
    holding: holdsIf(swapFreeBytes <= lineBytes),
    nowPercent: freeSwapPercent(figures),
    linePercent: swapTotalBytes === 0 ? 0 : (lineBytes * 100) / swapTotalBytes,
  };
}

function pressure(figures: NohangFigures, conf: NohangConf, step: Step): KillerCondition[] {
  const { psiMetric, psiSeconds } = conf;
  const linePercent = conf[step].maxPsi;
  const base = {
    figure: 'pressure',
    metric: psiMetric,
    linePercent,
    seconds: psiSeconds,
  } as const;
  const swap: KillerCondition = { figure: 'swap', holding: figures.swapTotalBytes > 0 ? 'holds' : 'never' };
  if (figures.pressurePercent === 'unmeasured') return [swap, { ...base, holding: 'never' }];
  const nowPercent = pressureNow(figures, conf);
  if (nowPercent === undefined) return [swap, { ...base, holding: 'unknown' }];
  const lastedSeconds = figures.lastedSeconds(step);
  const holding = holdsIf(
    nowPercent >= linePercent && lastedSeconds !== undefined && lastedSeconds >= psiSeconds,
  );
  return [swap, { ...base, holding, nowPercent, ...compact({ lastedSeconds }) }];
}

function pressureNow(
  { pressurePercent }: NohangFigures,
  { psiMetric, psiPath }: NohangConf,
): number | undefined {
  if (pressurePercent === 'unmeasured' || psiPath !== PSI_PATH) return undefined;
  return pressurePercent(psiMetric);
}

/** The steps whose lines of memory and pressure are both crossed: nohang acts when that lasts. */
export function nohangPressed(figures: NohangFigures, conf: NohangConf): readonly Step[] {
  const nowPercent = pressureNow(figures, conf);
  return (['soft', 'hard'] as const).filter(
    (step) =>
      nowPercent !== undefined &&
      nowPercent >= conf[step].maxPsi &&
      figures.availableBytes <= bytesOf(conf[step].minMem, figures.totalBytes),
  );
}

function zram({ totalBytes, zramUsedBytes }: NohangFigures, { maxZram }: NohangStep): KillerCondition {
  const lineBytes = bytesOf(maxZram, totalBytes);
  if (zramUsedBytes === undefined) return { figure: 'zram', holding: 'unknown', lineBytes };
  return { figure: 'zram', holding: holdsIf(zramUsedBytes >= lineBytes), nowBytes: zramUsedBytes, lineBytes };
}

function bytesOf(line: NohangLine, ofBytes: number): number {
  return 'percent' in line ? (line.percent / 100) * ofBytes : line.bytes;
}
