import { type MachineEnd } from '#shared/forecast/ahead.ts';
import { type AheadWithVictim } from '#shared/model/ahead.ts';
import { type Frame, type OwnerRange, type ProcessDetail, type View } from '#shared/contract/watch.ts';
import { ok, type Result } from '#shared/result.ts';
import { sameProcess, type ProcessId } from '#shared/model/process.ts';
import { type OwnerOrder } from '#shared/model/owners/owner-order.ts';
import { type Scope, type ScopeSummary } from '#shared/model/scope.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { type UnitFactsCache } from '../../collect/units/unit-facts.ts';
import { type Forecasts } from '../forecast/forecasts.ts';
import { AHEAD_PLACES, aheadWithVictims } from './ahead.ts';
import { ownerOrder, ownersIn } from '../owners/owner-order.ts';
import { unitsAround } from './ends-with.ts';
import {
  entriesAt,
  hasPlace,
  orderOfScope,
  orderView,
  troublesOf,
  unitsOfPlaces,
  type Ends,
  type OrderOfScope,
} from './order-view.ts';
import { processDetail } from './process-detail.ts';
import { frameScopes, scopesOf } from './scope-summaries.ts';
import { showsFront, tableRows } from './table-rows.ts';
import { type WholeCommands } from './whole-commands.ts';

/** What the frames of a snapshot show of other sources than the snapshot. */
export interface FrameSources {
  readonly forecasts: Pick<Forecasts, 'histories' | 'groups'>;
  /** What systemd ends after a kill; without it a frame says nothing of that. */
  readonly unitFacts: Pick<UnitFactsCache, 'of' | 'ensure' | 'outdated'> | undefined;
  /** Whole command lines, for what is searched for. */
  readonly commands: WholeCommands | undefined;
  /** The views of all clients: an order is computed once, as far as the longest of them shows it. */
  readonly views: () => readonly View[];
}

/** The part of a frame that depends on the client's view. */
export type ViewFrame = Omit<Frame, 'intervalMs' | 'killers' | 'forecast' | 'ahead' | 'level'>;

/** The frames of one snapshot. An order, a detail and the list of scopes are computed when a frame first shows them, and once. */
export class SnapshotFrames {
  readonly snapshot: Snapshot;
  readonly #sources: FrameSources;
  /** By path of the cgroup, empty for the machine; `most` is the number of places that are known of it. */
  readonly #orders = new Map<string, { readonly most: number; readonly order: Result<OrderOfScope> }>();
  readonly #details = new Map<string, ProcessDetail>();
  #scopes: readonly ScopeSummary[] | undefined;
  #ahead: readonly AheadWithVictim[] | undefined;

  constructor(snapshot: Snapshot, sources: FrameSources) {
    this.snapshot = snapshot;
    this.#sources = sources;
  }

  /** All cgroups with a limit, the fullest first. */
  scopes(): readonly ScopeSummary[] {
    return (this.#scopes ??= scopesOf(this.snapshot, this.#sources.forecasts.groups));
  }

  /** The order of a scope, `places` long at least. Computed again when more places are asked for. */
  order(scope: Scope, places: number): Result<OrderOfScope> {
    const key = pathOf(scope);
    const known = this.#orders.get(key);
    if (known !== undefined && known.most >= places) return known.order;
    const views = this.#sources.views().filter((view) => pathOf(view.scope) === key);
    const most = views.reduce((most, view) => Math.max(most, placesFor(view)), places);
    const order = orderOfScope(this.snapshot, scope, most);
    this.#orders.set(key, { most, order });
    return order;
  }

  /** What a view shows, in its own scope or in another. Fails when the scope does not exist. */
  frame(view: View, scope: Scope = view.scope): Result<ViewFrame> {
    const { snapshot } = this;
    const found = this.#orderFor(view, scope);
    if (!found.ok) return found;
    const ofScope = found.value;
    const table =
      view.table === undefined
        ? undefined
        : tableRows(ofScope, view.table, this.#sources.commands, this.#sources.forecasts.histories);
    const chosen = view.chosen === undefined ? undefined : processOf(snapshot, view.chosen);
    const scopes = this.scopes();
    return ok({
      seq: snapshot.seq,
      timeMs: snapshot.timeMs,
      memory: snapshot.memory.state,
      order: orderView(ofScope, view.orderCount, this.#endsIn(ofScope, view.orderCount)),
      scopes: frameScopes(scopes, scope),
      scopeCount: scopes.length,
      processCount: snapshot.processes.length,
      ...(table === undefined ? {} : { table }),
      ...(view.owners === undefined ? {} : { owners: this.#owners(ofScope, view.owners) }),
      ...(view.chosen === undefined
        ? {}
        : { chosen: chosen === undefined ? 'gone' : this.#detail(ofScope, scope, chosen) }),
      troubles: troublesOf(snapshot, scope),
    });
  }

  /** What runs out next, with who dies there. */
  ahead(machine: MachineEnd): readonly AheadWithVictim[] {
    return (this.#ahead ??= aheadWithVictims(
      machine,
      this.scopes(),
      (scope) => this.order(scope, AHEAD_PLACES),
      (order) => this.#endsIn(order, 1),
    ));
  }

  /** The cgroups of `ahead`, where a frame has shown it. */
  get aheadPaths(): readonly string[] {
    return this.#ahead?.flatMap((each) => (each.kind === 'cgroup' ? [each.scope.path] : [])) ?? [];
  }

  #owners(ofScope: OrderOfScope, range: OwnerRange): OwnerOrder {
    const ends = this.#endsIn(ofScope, 1);
    return ownerOrder(ofScope, range, {
      ownerOf: ownersIn(this.snapshot),
      growth: this.#sources.forecasts.histories,
      entriesAt: (indexes) => entriesAt(ofScope, indexes, ends),
    });
  }

  /** As far as the view shows, and to its end where the chosen process has no place so far. */
  #orderFor(view: View, scope: Scope): Result<OrderOfScope> {
    const order = this.order(scope, placesFor(view));
    if (!order.ok || view.chosen === undefined) return order;
    const chosen = processOf(this.snapshot, view.chosen);
    return chosen === undefined || hasPlace(order.value, chosen) ? order : this.order(scope, Infinity);
  }

  /** Asks about the units of what is shown, outside of the tick: what is known by then counts in the next frame. */
  #endsIn(ofScope: OrderOfScope, count: number): Ends | undefined {
    const facts = this.#sources.unitFacts;
    if (facts === undefined) return undefined;
    void facts.ensure(unitsOfPlaces(ofScope, count));
    return { snapshot: this.snapshot, facts };
  }

  #detail(ofScope: OrderOfScope, scope: Scope, chosen: ObservedProcess): ProcessDetail {
    const key = `${chosen.pid} ${pathOf(scope)}`;
    const known = this.#details.get(key);
    if (known !== undefined) return known;
    const { forecasts, unitFacts } = this.#sources;
    void unitFacts?.ensure(unitsAround(chosen));
    const detail = processDetail(this.snapshot, ofScope, chosen, forecasts.histories, unitFacts);
    this.#details.set(key, detail);
    return detail;
  }
}

/** The number of places of the order that a view shows: all of them where any process may have to be placed. */
function placesFor({ orderCount, table, owners, chosen }: View): number {
  if (owners !== undefined) return Infinity;
  // The second place is the next victim when the chosen process is protected.
  const few = chosen === undefined ? orderCount : Math.max(orderCount, 2);
  if (table === undefined) return few;
  return showsFront(table) ? Math.max(few, table.from + table.count) : Infinity;
}

function pathOf(scope: Scope): string {
  return scope.kind === 'global' ? '' : scope.path;
}

/** The very process, if it lives. */
export function processOf({ processes }: Snapshot, id: ProcessId): ObservedProcess | undefined {
  return processes.find((process) => sameProcess(process, id));
}
