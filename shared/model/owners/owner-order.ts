import { type OrderEntry } from '../kill-order.ts';
import { type ProcessOwner } from './names.ts';

/** An owner of processes in the kill order. It stands where its first process stands: badness of several processes does not add up. */
export interface OwnerPlace {
  readonly owner: ProcessOwner;
  /** The place of its first process, and of the last that follows it without one of another owner between. */
  readonly rank: number;
  readonly lastRank: number;
  /** Its processes that can be killed. */
  readonly processCount: number;
  /** What comes back when all of them are gone: anonymous memory, swap and page tables. */
  readonly freesPages: number;
  /** Of that, in swap. */
  readonly swapPages: number;
  /** Of its anonymous memory and swap; absent while that is not known, or noise. */
  readonly growthBytesPerMinute?: number;
  /** The first of its processes to be killed. */
  readonly first: OrderEntry;
  /** The first of its processes in their order, where it is unfolded. */
  readonly members?: readonly OrderEntry[];
}

/** The kill order by owner. */
export interface OwnerOrder {
  /** Owners with a process that can be killed. */
  readonly total: number;
  /** The first of them. */
  readonly places: readonly OwnerPlace[];
}
