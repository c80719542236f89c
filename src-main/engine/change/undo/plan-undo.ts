import { fail, ok, type Failure, type Result } from '#shared/result.ts';
import { type JournalEntry } from '#shared/model/change.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl/specs.ts';
import { SYSCTL_NAMES, type SysctlName, type SysctlState } from '#shared/model/sysctl/sysctl.ts';
import { type UndoItem } from '#shared/model/undo.ts';
import { type ChangeWorld } from '../../world.ts';
import { endedByBoot } from './former-boot.ts';
import { leftBecause, readSlot, sameValue, slotKey, slotOf, type Slot } from './present.ts';
import { planSysctlUndo } from './undo-sysctls.ts';

/** An item without what it would bring. */
export type PlannedItem = Omit<UndoItem, 'effects'>;

/**
 * Values as they are, and as they would be after what is planned so far: what one click changed and a later one changed again can only be undone
 * in that order.
 */
export class UndoPlan {
  readonly #world: ChangeWorld;
  readonly #then = new Map<string, string>();
  /** Lines of other settings that go with one that is written: keeping a ratio takes the line of kbytes away, and the other way round. */
  readonly #displaced = new Map<SysctlName, string>();
  #settings: readonly SysctlState[];

  constructor(world: ChangeWorld) {
    this.#world = world;
    this.#settings = world.sysctls();
  }

  /** What undoing the entries of one click would do, newest first. Only what is `chosen` counts for the clicks before it. */
  click(entries: readonly JournalEntry[], all: readonly JournalEntry[], chosen: boolean): PlannedItem[] {
    const settings = this.#world.sysctls();
    const ended = new Map(
      entries.flatMap((entry) => {
        const why = endedByBoot(entry, all, settings);
        return why === undefined ? [] : [[entry, why] as const];
      }),
    );
    const open = entries.filter((entry) => !ended.has(entry));
    const sysctls = this.#sysctls(
      open.filter(({ action }) => action === 'set-sysctl'),
      chosen,
    );
    return entries.map((entry): PlannedItem => {
      const why = ended.get(entry);
      if (why !== undefined) return { entry, does: 'left', why };
      return sysctls.get(entry) ?? this.#one(entry, chosen);
    });
  }

  #sysctls(entries: readonly JournalEntry[], chosen: boolean): ReadonlyMap<JournalEntry, PlannedItem> {
    const { changes, left } = planSysctlUndo(entries, this.#settings);
    const items = new Map<JournalEntry, PlannedItem>();
    for (const entry of entries) {
      const why = left.get(entry);
      const change = changes.find(({ name }) => name === entry.subject);
      const now = this.#settings.find(({ spec }) => spec.name === entry.subject)?.now?.toString();
      const known = now === undefined ? {} : { now };
      if (why !== undefined && !why.ok) items.set(entry, { entry, does: 'left', ...known, why: why.error });
      else if (change === undefined) items.set(entry, { entry, does: 'nothing', ...known });
      else items.set(entry, { entry, does: 'write', ...known, value: change.value.toString() });
    }
    if (chosen) for (const change of changes) this.#set(change.name, change.value);
    return items;
  }

  #set(name: string, value: number): void {
    const known = SYSCTL_NAMES.find((each) => each === name);
    // The kernel clears the partner of ratio and kbytes, unless 0 was written (mm/util.c).
    const cleared = known === undefined || value === 0 ? undefined : SYSCTL_SPECS[known].clears;
    this.#settings = this.#settings.map((state) => {
      if (state.spec.name === name) return { ...state, now: value };
      return state.spec.name === cleared ? { ...state, now: 0 } : state;
    });
  }

  #one(entry: JournalEntry, chosen: boolean): PlannedItem {
    const slot = slotOf(entry, this.#world.ownUid);
    const { subject, before, after } = entry;
    const left = (why: Failure, now?: string): PlannedItem => ({
      entry,
      does: 'left',
      ...(now === undefined ? {} : { now }),
      why,
    });
    if (slot === undefined) return left(fail('not-ours', { what: 'journal', subject }).error);
    const read = this.#read(slot);
    if (!read.ok) return left(read.error);
    const now = read.value;
    // What was kept has an entry of its own only where nothing was written.
    const was = before ?? (slot.of === 'adj' || slot.of === 'cgroup' ? undefined : '');
    if (was === undefined) return left(fail('not-ours', { what: 'journal', subject }).error, now);
    if (slot.of === 'kept' && was === '' && now === '') {
      // Its line goes with one that is put back: that is what undoing it would do as well.
      const line = this.#displaced.get(slot.name);
      if (chosen) this.#displaced.delete(slot.name);
      if (line !== undefined) return { entry, does: 'write', now: line, value: was };
    }
    if (sameValue(slot, now, was) || (was === after && slot.of !== 'adj' && slot.of !== 'cgroup'))
      return { entry, does: 'nothing', now };
    if (!isValue(slot, was)) return left(fail('not-ours', { what: 'journal', subject }).error, now);
    if (after === undefined || !sameValue(slot, now, after)) {
      const why = leftBecause(slot, subject, now);
      return left(why.ok ? fail('not-ours', { what: 'journal', subject }).error : why.error, now);
    }
    if (chosen) this.#then.set(slotKey(slot), was);
    if (chosen && slot.of === 'kept') this.#displace(slot, was);
    return { entry, does: 'write', now, value: was };
  }

  /** Keeping a ratio takes the line of kbytes away, and the other way round. */
  #displace({ name }: Extract<Slot, { of: 'kept' }>, value: string): void {
    const { clears } = SYSCTL_SPECS[name];
    if (value === '' || clears === undefined) return;
    const partner = { of: 'kept', name: clears } as const;
    const line = this.#read(partner);
    if (line.ok && line.value !== '') this.#displaced.set(clears, line.value);
    this.#then.set(slotKey(partner), '');
  }

  /** Lines that would be gone and that no entry is about. */
  get displaced(): ReadonlyMap<SysctlName, string> {
    return this.#displaced;
  }

  #read(slot: Slot): Result<string> {
    const then = this.#then.get(slotKey(slot));
    return then === undefined ? readSlot(this.#world, slot) : ok(then);
  }
}

/** Whether a value that the journal has can be written. */
function isValue(slot: Slot, value: string): boolean {
  if (slot.of === 'cgroup') return value === 'max' || /^\d{1,20}$/.test(value);
  return (value === '' && slot.of !== 'adj') || /^-?\d{1,10}$/.test(value);
}
