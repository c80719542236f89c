import { cgroupValueOf, CGROUP_SETTING_FILES, CGROUP_SETTINGS } from '#shared/model/cgroup-change.ts';
import { type AdjChange } from '#shared/model/change.ts';
import { type NamedProcess } from '#shared/model/kill-order.ts';
import { sameProcess } from '#shared/model/process.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { SYSCTL_NAMES, type SysctlChange } from '#shared/model/sysctl/sysctl.ts';
import { type UndoEffect } from '#shared/model/undo.ts';
import { type ObservedProcess } from '../../../collect/processes/observed-process.ts';
import { named } from '../../../collect/processes/named.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { orderOfScope, type OrderOfScope } from '../../watch/order-view.ts';
import { type ChangeWorld } from '../../world.ts';
import { orderAfter } from '../adj/preview.ts';
import { cgroupPreview } from '../cgroup/limits.ts';
import { bootDangers, sysctlPreview, tuningMachine } from '../sysctl/tuning.ts';
import { type PlannedItem } from './plan-undo.ts';
import { effectsByOwner } from '../cgroup/lasting-limit.ts';
import { slotOf, type Slot } from './present.ts';
import { ruledBy } from './undo-rules.ts';

/** Tells what undoing a click would bring now, entry by entry. */
export class UndoEffects {
  readonly #world: ChangeWorld;
  readonly #snapshot: Snapshot;
  readonly #order: OrderOfScope | undefined;

  constructor(world: ChangeWorld, snapshot: Snapshot) {
    this.#world = world;
    this.#snapshot = snapshot;
    const order = orderOfScope(snapshot, GLOBAL_SCOPE);
    this.#order = order.ok ? order.value : undefined;
  }

  /** In the order of the items; empty where nothing is written. */
  of(items: readonly PlannedItem[]): readonly (readonly UndoEffect[])[] {
    const sysctls = this.#sysctls(items);
    const adjs = this.#adjs(items);
    const ruled = ruledBy(this.#world, this.#snapshot, items);
    return items.map((item) => {
      const count = ruled.get(item);
      if (count !== undefined) return [ruleChanges(count)];
      if (item.does !== 'write') return [];
      if (item.entry.action === 'set-sysctl') return sysctls.get(item) ?? [];
      const slot = slotOf(item.entry, this.#world.ownUid);
      if (slot === undefined) return [];
      return slot.of === 'adj' ? (adjs.get(item) ?? []) : this.#slot(slot, item);
    });
  }

  #slot(slot: Slot, { now = '', value = '' }: PlannedItem): readonly UndoEffect[] {
    switch (slot.of) {
      case 'cgroup':
        return this.#cgroup(slot, now, value);
      case 'kept': {
        if (value === '') return [];
        const changes = [{ name: slot.name, value: Number(value) }];
        return bootDangers(this.#world.tuning(), tuningMachine(this.#snapshot), changes).map((effect) => ({
          weight: effect.weight,
          fact: { kind: 'sysctl', effect },
        }));
      }
      case 'rule':
      case 'adj':
      case 'unit':
        return [];
    }
  }

  #cgroup(
    { path, file, limit }: Extract<Slot, { of: 'cgroup' }>,
    now: string,
    text: string,
  ): readonly UndoEffect[] {
    const version = this.#snapshot.host.memoryMount?.version ?? 2;
    const setting = CGROUP_SETTINGS.find((each) => CGROUP_SETTING_FILES[version][each] === file);
    const [value, present] = [cgroupValueOf(text), cgroupValueOf(now)];
    if (setting === undefined || value === undefined) return [];
    const preview = cgroupPreview(this.#snapshot, { path, setting, value });
    const all = preview.ok ? preview.value.effects : [];
    const effects = limit === undefined ? all : effectsByOwner(all, path);
    const limits = setting === 'max' || setting === 'memsw' || setting === 'high';
    const lowers =
      limits && bytesOf(value) < bytesOf(present ?? 'max')
        ? [{ weight: 'danger', fact: { kind: 'lowers-limit' } } as const]
        : [];
    return [
      ...lowers,
      ...effects.map((effect): UndoEffect => ({
        weight: effect.weight,
        fact: { kind: 'cgroup', effect },
      })),
    ];
  }

  /** Settings of one click go together, so do their effects; each stands with the setting that it is about. */
  #sysctls(items: readonly PlannedItem[]): ReadonlyMap<PlannedItem, readonly UndoEffect[]> {
    const written = items.filter(({ does, entry }) => does === 'write' && entry.action === 'set-sysctl');
    const changes = written.flatMap(({ entry, value }): SysctlChange[] => {
      const name = SYSCTL_NAMES.find((known) => known === entry.subject);
      return name === undefined ? [] : [{ name, value: Number(value) }];
    });
    if (changes.length === 0) return new Map();
    const effects = sysctlPreview(this.#world.tuning(), tuningMachine(this.#snapshot), changes);
    return new Map(
      written.map((item) => [
        item,
        effects
          .filter(({ name }) => name === item.entry.subject)
          .map((effect): UndoEffect => ({ weight: effect.weight, fact: { kind: 'sysctl', effect } })),
      ]),
    );
  }

  #adjs(items: readonly PlannedItem[]): ReadonlyMap<PlannedItem, readonly UndoEffect[]> {
    const written = items.filter(({ does, entry }) => does === 'write' && entry.process !== undefined);
    if (written.length === 0) return new Map();
    const changes = written.flatMap(({ entry: { process }, now, value }): AdjChange[] => {
      const observed = this.#snapshot.processes.find(
        (each) => process !== undefined && sameProcess(each, process),
      );
      if (observed === undefined) return [];
      return [{ ...named(observed, this.#snapshot.namesOf), before: Number(now), after: Number(value) }];
    });
    const next = this.#nextAfter(changes);
    return new Map(
      written.map((item) => {
        const change = changes.find((each) => item.entry.process?.pid === each.pid);
        if (change === undefined) return [item, []];
        const { pid, name, after } = change;
        const facts: UndoEffect[] = [];
        if (after === -1000) facts.push({ weight: 'warning', fact: { kind: 'exempt', name, pid } });
        if (next !== undefined && sameProcess(next, change) && change.after > change.before)
          facts.push({ weight: 'warning', fact: { kind: 'next-victim', name, pid } });
        return [item, facts];
      }),
    );
  }

  /**
   * The next victim after the changes. The order of all processes takes milliseconds, and there may be thousands of clicks: those that change are
   * compared with the first of the others.
   */
  #nextAfter(changes: readonly AdjChange[]): NamedProcess | undefined {
    const order = this.#order;
    if (order === undefined || changes.every(({ before, after }) => after <= before)) return undefined;
    const pids = new Set(changes.map(({ pid }) => pid));
    // Who shares an address space gets the value as well.
    const spaces = new Set(
      order.tasks.flatMap(({ pid, mm }) => (mm !== undefined && pids.has(pid) ? [mm] : [])),
    );
    const isChanged = ({ pid, mm }: ObservedProcess) => pids.has(pid) || (mm !== undefined && spaces.has(mm));
    const first = order.order.places.find(({ task }) => !isChanged(task))?.task;
    const tasks = order.tasks.filter((task) => task.pid === first?.pid || isChanged(task));
    return orderAfter(this.#snapshot, { ...order, tasks, order: { ...order.order, places: [] } }, changes)
      .next;
  }
}

/** A rule is there again: so many running processes get its value at once. */
export function ruleChanges(count: number): UndoEffect {
  return { weight: 'warning', fact: { kind: 'rule-changes', count } };
}

function bytesOf(value: number | 'max'): number {
  return value === 'max' ? Infinity : value;
}
