import { formatCount } from '#shared/format/count.ts';
import { safeText, shorten } from '#shared/format/safe-text.ts';
import { type ProcessOwner } from '#shared/model/owners/names.ts';
import { type OwnerPlace } from '#shared/model/owners/owner-order.ts';

const NAME_LENGTH = 40;

/** The kill order by owner: applications, containers, services. */
export const owners = {
  tab: 'By group',
  label: 'Kill order by group',
  columns: { rank: '#', owner: 'Group', memory: 'Memory and swap', growth: 'Growth', frees: 'First frees' },
  loading: 'Reading the groups',
  name: ({ name }: ProcessOwner) => shorten(safeText(name), NAME_LENGTH),
  kinds: {
    container: 'container',
    service: 'service',
    vm: 'virtual machine',
    app: 'application',
    session: 'part of the session',
    program: 'program',
    kernel: 'kernel',
  } satisfies Record<ProcessOwner['kind'], string>,
  /** `1–21`: from the first of its processes to the last before one of another. */
  ranks: ({ rank, lastRank }: OwnerPlace) =>
    lastRank === rank ? formatCount(rank) : `${formatCount(rank)}–${formatCount(lastRank)}`,
  count: (count: number) => (count === 1 ? '1 process' : `${formatCount(count)} processes`),
  /** What stands behind the members that are listed. */
  later: (count: number) => (count === 1 ? '1 more process' : `${formatCount(count)} more processes`),
  unfold: (name: string) => `Show the processes of ${name}`,
  protect: (name: string) => `Protect all of ${name}`,
  giveUp: (name: string) => `Kill all of ${name} first`,
  more: (count: number) => (count === 1 ? '1 more group' : `${formatCount(count)} more groups`),
  memory: (bytes: string, swapBytes: string | undefined) =>
    swapBytes === undefined
      ? `${bytes} would come free`
      : `${bytes} would come free, ${swapBytes} of it in swap`,
} as const;
