import { safeText } from '#shared/format/safe-text.ts';
import { type FactsOf } from '#shared/result.ts';
import { type FailureWords } from '../failure.ts';

const NAMES = { docker: 'Docker', podman: 'Podman' } as const;

/** An engine did not change a limit. */
export function engineRefused({ engine, why, message }: FactsOf<'engine-refused'>): FailureWords {
  const name = NAMES[engine];
  switch (why) {
    case 'too-small':
      return {
        message: `${name} takes no limit below 6 MiB, and none that is "max".`,
        hint: 'Choose a larger limit.',
      };
    case 'swap-below-memory':
      return {
        message: `${name} wants the limit of memory and swap together to be at least the limit of memory.`,
        hint: 'Raise the limit of memory and swap first.',
      };
    case 'below-reservation':
      return {
        message: 'The container has a memory reservation above this limit.',
        hint: `Lower it first: ${engine} update --memory-reservation.`,
      };
    case 'swap-not-sent':
      return {
        message: `${name} has stored a lower limit of memory and swap together.`,
        hint: `Set both at once: ${engine} update --memory and --memory-swap.`,
      };
    case 'auto-remove':
      return {
        message: 'The container is removed when it ends (--rm), so its restart policy cannot be set.',
        hint: 'Nothing was changed.',
      };
    case 'gone':
      return { message: `${name} has no such container any more.`, hint: 'Nothing was changed.' };
    case 'in-use':
      return {
        message:
          'The kernel refused: more is in use than the new limit, and cgroup v1 cannot reclaim enough.',
        hint: 'Choose a larger limit, or free memory in the container first.',
      };
    case 'too-old':
      return {
        message: `This version of ${name} cannot change the limits of a container by its socket.`,
        hint: 'Podman can from 5.2 on. Set the limit of the cgroup instead.',
      };
    case 'unreachable':
      return {
        message: `${name} does not answer.`,
        hint: 'Nothing was changed. "lifeboat doctor" says why.',
      };
    case 'other':
      return {
        message: `${name} refused the limit${message === undefined ? '' : `: ${safeText(message)}`}.`,
        hint: 'Nothing was changed.',
      };
  }
}
