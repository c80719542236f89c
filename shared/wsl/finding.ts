import { type BadLine } from './entries.ts';
import { type WslEncoding } from './text.ts';
import { type WslFileKind } from './keys.ts';

/** Why a size is refused, as far as it can be told. */
export type SizeFault =
  'small-letters' | 'binary-unit' | 'fraction' | 'space' | 'percent' | 'empty' | 'other';

/** Why a key that WSL reads changes nothing. */
export type NoEffect =
  /** The value is the one that stands for the default. */
  | 'is-default'
  /** safeMode=true overrides it. */
  | 'safe-mode'
  /** There is no swap for which a file would be needed. */
  | 'no-swap'
  /** Version 1 of cgroups has no memory controller in kernels from 6.18 on. */
  | 'no-memory-controller';

/** What is wrong in a settings file. The catalogue has a sentence for each. */
export type WslFault =
  | {
      readonly kind: 'unknown-key';
      readonly key: string;
      readonly meant?: string;
      readonly inBadSection?: true;
    }
  | {
      readonly kind: 'unknown-section';
      readonly section: string;
      readonly meant?: string;
      /** It is a section of the other file. */
      readonly of?: WslFileKind;
    }
  | {
      readonly kind: 'wrong-section';
      readonly key: string;
      readonly section: string;
      readonly belongs: string;
    }
  | { readonly kind: 'key-outside-section'; readonly key: string; readonly belongs?: string }
  | { readonly kind: 'invalid-size'; readonly key: string; readonly value: string; readonly why: SizeFault }
  | {
      readonly kind: 'invalid-value';
      readonly key: string;
      readonly value: string;
      readonly type: 'integer' | 'keyword' | 'ports' | 'ip' | 'mac';
      readonly keywords?: readonly string[];
    }
  | { readonly kind: 'bool-invalid'; readonly key: string; readonly value: string }
  | {
      readonly kind: 'invalid-line';
      readonly why: Exclude<BadLine, 'escape'> | 'byte-order-mark';
      /** The section that the keys below belong to; empty for none. Of section lines only. */
      readonly section?: string;
    }
  | { readonly kind: 'escape-error'; readonly character: string }
  | {
      readonly kind: 'duplicate-ignored';
      readonly key: string;
      readonly firstLine: number;
      readonly wasRefused: boolean;
    }
  | {
      readonly kind: 'below-minimum';
      readonly key: string;
      readonly bytes: number;
      readonly hasUnit: boolean;
    }
  | { readonly kind: 'above-ram'; readonly key: string; readonly value: string; readonly ramBytes?: number }
  | { readonly kind: 'encoding-ignored'; readonly encoding: WslEncoding }
  | { readonly kind: 'encoding-old-only'; readonly encoding: WslEncoding }
  | { readonly kind: 'stops-here' }
  | {
      readonly kind: 'near-miss-name';
      readonly name: string;
      readonly meant: string;
      readonly isBeside?: true;
    }
  | { readonly kind: 'lines-joined'; readonly key: string }
  | {
      readonly kind: 'path-characters';
      readonly key: string;
      readonly why: 'escape' | 'not-ascii' | 'forbidden';
    }
  | { readonly kind: 'end-mark' }
  | { readonly kind: 'no-effect'; readonly key: string; readonly why: NoEffect };

/** The names of the findings. */
export type WslFaultKind = WslFault['kind'];

/** A fault and where it is. Lines count from 1, as an editor counts them; what concerns the whole file has line 1. */
export type WslFinding = WslFault & {
  readonly line: number;
  /** What to write in place of the line. */
  readonly correction?: string;
};
