import { aheadOf, type MachineEnd } from '#shared/forecast/ahead.ts';
import { type Result } from '#shared/result.ts';
import { type AheadWithVictim } from '#shared/model/ahead.ts';
import { type Scope, type ScopeSummary } from '#shared/model/scope.ts';
import { type Ends, orderView, type OrderOfScope } from './order-view.ts';

/** Places of a cgroup that runs out next: three can be named in "A or B". */
export const AHEAD_PLACES = 3;

/** What runs out next, with who dies there. A cgroup that vanished meanwhile is left out. */
export function aheadWithVictims(
  machine: MachineEnd,
  scopes: readonly ScopeSummary[],
  orderFor: (scope: Scope) => Result<OrderOfScope>,
  endsIn: (order: OrderOfScope) => Ends | undefined,
): readonly AheadWithVictim[] {
  return aheadOf(machine, scopes).flatMap((ahead): readonly AheadWithVictim[] => {
    if (ahead.kind === 'machine') return [ahead];
    const order = orderFor({ kind: 'cgroup', path: ahead.scope.path });
    return order.ok ? [{ ...ahead, order: orderView(order.value, AHEAD_PLACES, endsIn(order.value)) }] : [];
  });
}
