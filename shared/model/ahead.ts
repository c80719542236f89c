import { type KillOrderView } from './kill-order.ts';
import { type ScopeSummary } from './scope.ts';

/**
 * Why a scope is said to end next. `soonest`: by the time that is forecast, or because another killer acts now. `least-left`: nothing is forecast, and it is
 * close to its limit. `nothing-nearer`: nothing is forecast and nothing is close.
 */
export type WhyAhead = 'soonest' | 'least-left' | 'nothing-nearer';

/** The machine, or a cgroup with a limit, as one of those that run out next. */
export type Ahead =
  | { readonly kind: 'machine'; readonly why: WhyAhead }
  | { readonly kind: 'cgroup'; readonly why: WhyAhead; readonly scope: ScopeSummary };

/** The same with who dies there: the first places of its order. That of the machine is in the frame. */
export type AheadWithVictim =
  | Extract<Ahead, { kind: 'machine' }>
  | (Extract<Ahead, { kind: 'cgroup' }> & { readonly order: KillOrderView });
