import { type PressureMetric } from '../model/killer.ts';

/** A line in the configuration: in percent of all, or in bytes. */
export type NohangLine = { readonly percent: number } | { readonly bytes: number };

/** One of nohang's two steps: `soft` asks processes to end, `hard` kills them. */
export interface NohangStep {
  readonly minMem: NohangLine;
  readonly minSwap: NohangLine;
  readonly maxZram: NohangLine;
  /** In percent of time. */
  readonly maxPsi: number;
}

/** The keys of nohang.conf that decide when nohang acts. */
export interface NohangConf {
  readonly soft: NohangStep;
  readonly hard: NohangStep;
  readonly checksZram: boolean;
  readonly checksPsi: boolean;
  readonly psiMetric: PressureMetric;
  readonly psiPath: string;
  readonly psiSeconds: number;
}

/**
 * What nohang 0.2.0 to 0.3.0 reads from its file (src/nohang); undefined where it would not start with it: a key is missing, or there twice, or
 * its value is none. Numbers that Python alone reads (`1_0`, `inf`) count as none.
 */
export function parseNohangConf(text: string): NohangConf | undefined {
  const keys = keysOf(text);
  if (keys === undefined) return undefined;
  const soft = stepOf(keys, 'soft');
  const hard = stepOf(keys, 'hard');
  const checksZram = booleanOf(keys.get('zram_checking_enabled'));
  const checksPsi = booleanOf(keys.get('psi_checking_enabled'));
  const psiSeconds = numberOf(keys.get('psi_excess_duration'));
  const psiPath = keys.get('psi_path');
  const psiMetric = metricOf(keys.get('psi_metrics'));
  if (soft === undefined || hard === undefined || checksZram === undefined || checksPsi === undefined)
    return undefined;
  if (psiSeconds === undefined || psiSeconds < 0 || psiPath === undefined || psiMetric === undefined)
    return undefined;
  return {
    soft,
    hard,
    checksZram,
    checksPsi,
    psiPath,
    psiSeconds,
    psiMetric,
  };
}

function keysOf(text: string): ReadonlyMap<string, string> | undefined {
  const keys = new Map<string, string>();
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line === '' || /^[#\t @]/.test(line)) continue;
    const at = line.indexOf('=');
    const key = (at < 0 ? line : line.slice(0, at)).trim();
    if (keys.has(key)) return undefined;
    keys.set(key, at < 0 ? '' : line.slice(at + 1).trim());
  }
  return keys;
}

function stepOf(keys: ReadonlyMap<string, string>, step: 'soft' | 'hard'): NohangStep | undefined {
  const minMem = lineOf(keys.get(`${step}_threshold_min_mem`), 2 ** 20);
  // "100 M" of swap is compared with KiB: get_swap_threshold_tuple() does not convert it, up to 0.3.0 and its git of 2026.
  const minSwap = lineOf(keys.get(`${step}_threshold_min_swap`), 2 ** 10);
  const maxZram = lineOf(keys.get(`${step}_threshold_max_zram`), 2 ** 20);
  const maxPsi = numberOf(keys.get(`${step}_threshold_max_psi`));
  if (minMem === undefined || minSwap === undefined || maxZram === undefined) return undefined;
  if (maxPsi === undefined || maxPsi < 1 || maxPsi > 100) return undefined;
  return { minMem, minSwap, maxZram, maxPsi };
}

function lineOf(text: string | undefined, bytesPerM: number): NohangLine | undefined {
  const [, number, unit] = /^(.*)([%M])$/s.exec(text ?? '') ?? [];
  const value = numberOf(number);
  if (value === undefined || value < 0) return undefined;
  return unit === '%' ? { percent: value } : { bytes: value * bytesPerM };
}

function numberOf(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? '';
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
}

function booleanOf(text: string | undefined): boolean | undefined {
  return text === 'True' ? true : text === 'False' ? false : undefined;
}

function metricOf(text = ''): PressureMetric | undefined {
  const [, who, seconds] = /^(some|full)_avg(10|60|300)$/.exec(text) ?? [];
  return who === undefined ? undefined : (`${who}${seconds ?? ''}` as PressureMetric);
}
