import { type FactsOf } from '#shared/result.ts';
import { type FailureWords } from '../failure.ts';
import { INTEROP } from './interop.ts';

/** Why Windows was not asked, or gave no answer. */
export function windowsSilent({ why, is, seconds }: FactsOf<'windows-silent'>): FailureWords {
  switch (why) {
    case 'no-wsl':
      return { message: 'This is not WSL: there is no Windows to ask.' };
    case 'interop':
      return { message: `Windows cannot be asked. ${INTEROP[is ?? 'no-socket']}` };
    case 'service':
      return { message: `Windows was not asked. ${INTEROP['no-variable']}` };
    case 'memory-short':
      return { message: 'Windows was not asked: memory is too short to start a program.' };
    case 'slow':
      return { message: `Windows did not answer within ${seconds ?? 5} s.`, hint: 'Try again later.' };
    case 'not-started':
      return { message: 'powershell.exe could not be started.' };
    case 'no-answer':
      return { message: 'Windows gave an answer that Lifeboat does not understand.' };
  }
}
