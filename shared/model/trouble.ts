import { type Failure } from '../result.ts';

/** What hides a part of the processes. `pid-namespace`: those outside of this container. `hidepid`: those of other users. */
export type OutOfSight = 'pid-namespace' | 'hidepid';

/** What makes a frame less than the whole truth. */
export type Trouble =
  | { readonly kind: 'unreadable'; readonly count: number }
  | { readonly kind: 'out-of-sight'; readonly by: OutOfSight }
  | { readonly kind: 'failed'; readonly failure: Failure };
