import { type GroupComposition } from '#shared/model/owners/group.ts';

/** A part of a group's memory; `other` is what the kernel does not tell apart, `swapBytes` is no part of its usage. */
export interface Part {
  readonly name: keyof GroupComposition | 'other';
  readonly bytes: number;
}

const ORDER = ['anonBytes', 'shmemBytes', 'fileBytes', 'slabBytes', 'kernelBytes', 'socketBytes'] as const;
/** Less of the usage is counted late by the kernel, and is no part. */
const LEAST_OTHER_SHARE = 0.02;

/** The parts that there are, in the order of the bar, with what is left of the usage. */
export function partsOf(composition: GroupComposition, usageBytes: number): readonly Part[] {
  const known = ORDER.map((name): Part => ({ name, bytes: composition[name] ?? 0 }));
  const other = usageBytes - known.reduce((sum, { bytes }) => sum + bytes, 0);
  const { swapBytes = 0 } = composition;
  return [
    ...known.filter(({ bytes }) => bytes > 0),
    ...(other > LEAST_OTHER_SHARE * usageBytes ? [{ name: 'other' as const, bytes: other }] : []),
    ...(swapBytes > 0 ? [{ name: 'swapBytes' as const, bytes: swapBytes }] : []),
  ];
}
