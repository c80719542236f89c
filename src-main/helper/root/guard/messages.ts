import { type Armed } from '../revert/dead-man-switch.ts';
import { type Reverted } from '../revert/undo.ts';

/** The argument by which a process knows that it is a guard. */
export const GUARD_NAME = 'lifeboat-guard';

/** What the helper tells its guard. Each is answered with its id. */
export type ToGuard = { readonly id: number } & (
  | { readonly verb: 'arm'; readonly change: number; readonly armed: Armed; readonly delayMs: number }
  | { readonly verb: 'extend'; readonly change: number; readonly delayMs: number }
  | { readonly verb: 'keep'; readonly change: number }
  | { readonly verb: 'revert'; readonly change: number }
  | { readonly verb: 'revert-all' }
);

/** What the guard says. `reverted` is absent where it no longer knows the change. */
export type FromGuard =
  | { readonly id: number; readonly known: boolean; readonly reverted?: Reverted }
  | { readonly event: 'reverted' | 'refused'; readonly change: number; readonly reverted: Reverted };
