import { type OutOfSight, type Trouble } from '../../model/trouble.ts';
import { failure } from './failure.ts';

const OUT_OF_SIGHT: Record<OutOfSight, string> = {
  'pid-namespace':
    'Only the processes of this container are visible here; one outside of it may be the next victim.',
  hidepid:
    'Processes of other users are hidden from you (hidepid); one of them may be the next victim. root sees all.',
};

/** What makes the order less than the whole truth, and what to do about it. */
export function troubleSentence(trouble: Trouble): string {
  switch (trouble.kind) {
    case 'unreadable':
      return trouble.count === 1
        ? 'One process cannot be read and is missing here.'
        : `${trouble.count} processes cannot be read and are missing here.`;
    case 'out-of-sight':
      return OUT_OF_SIGHT[trouble.by];
    case 'failed': {
      const { message, hint } = failure(trouble.failure);
      return hint === undefined ? message : `${message} ${hint}`;
    }
  }
}
