/** What happens in the guest, the same for the program there and for the judge outside. */

/** How long an eater lives, about: six rates. */
export const LIVES_SECONDS = [8, 12, 20, 30, 45, 60] as const;
/** Each in a guest of its own. Half of the runs have no page open: readings are further apart then. */
export const PARTS = ['machine', 'machine-without-page', 'cgroups', 'harmless'] as const;
export type PartName = (typeof PARTS)[number];

/** Eaters of each rate, in each scope: on the machine half of them in each of the two parts. */
export const RUNS = 10;
/** As many runs have their cgroups at the same time: all of them fit into the machine. */
export const CGROUP_RUNS = 3;

export const CGROUP_LIMIT_BYTES = 16 * 2 ** 20;

/** A big file, copied through the page cache. */
export const BIG_FILE_MIB = 500;
export const COPY = 'a big file is copied';
export const COLLECTOR = 'a garbage collector';
