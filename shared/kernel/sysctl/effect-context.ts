import {
  type SysctlChange,
  type SysctlEffect,
  type SysctlFact,
  type SysctlName,
} from '../../model/sysctl/sysctl.ts';
import { type KernelVersion } from '../version.ts';

/** What the effects of a change depend on beside the settings themselves. */
export interface TuningMachine {
  readonly version: KernelVersion;
  readonly pageSizeBytes: number;
  /** MemTotal. */
  readonly totalBytes: number;
  readonly availableBytes: number;
  /** Hugetlb: does not count towards CommitLimit. */
  readonly hugetlbBytes: number;
  readonly swapBytes: number;
  /** Committed_AS. */
  readonly chargeBytes: number;
  /** Memory cgroups with a limit and processes in them. */
  readonly cgroupsWithLimit: number;
  /** Name of the next victim of the whole machine. */
  readonly next?: string;
}

export type Weighted = Pick<SysctlEffect, 'weight' | 'fact'>;
/** Values before or after, by name; absent where they cannot be read. */
export type Values = ReadonlyMap<SysctlName, number>;

/** The values that the effects of one change follow from. */
export interface ChangeContext {
  readonly machine: TuningMachine;
  readonly before: Values;
  readonly after: Values;
  /** All requested changes: an effect of several is stated once. */
  readonly requested: readonly SysctlChange[];
}

export const note = (fact: SysctlFact): Weighted => ({ weight: 'note', fact });
export const warning = (fact: SysctlFact): Weighted => ({ weight: 'warning', fact });
export const danger = (fact: SysctlFact): Weighted => ({ weight: 'danger', fact });
