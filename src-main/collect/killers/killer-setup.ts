import { type EarlyoomOptions } from '#shared/killers/earlyoom-options.ts';
import { type NohangConf } from '#shared/killers/nohang-conf.ts';
import { type OomdSetup } from '#shared/killers/oomd-setup.ts';
import { type KillerUnknown } from '#shared/model/killer.ts';

/** How a killer that runs is set up. Absent: not known, and `unknown` says so. */
export type KillerSetup = {
  readonly pid: number;
  readonly version?: string;
  /** It was started to kill nothing. */
  readonly rehearses?: true;
  readonly unknown: readonly KillerUnknown[];
} & (
  | { readonly name: 'earlyoom'; readonly options?: EarlyoomOptions }
  | { readonly name: 'nohang'; readonly conf?: NohangConf; readonly countsArc: boolean }
  | { readonly name: 'systemd-oomd'; readonly setup?: OomdSetup }
);
