import { formatBytes } from '#shared/format/bytes.ts';
import { type FactsOf } from '#shared/result.ts';
import { type FailureWords } from '../failure.ts';

const RELOAD = '"systemctl --user daemon-reload"';

const ACTIONS = { read: 'read', write: 'written', remove: 'removed', use: 'used' } as const;

/** The system refuses a file, or a program. */
export function ioFailed(facts: FactsOf<'io-failed'>): FailureWords {
  switch (facts.what) {
    case 'read':
    case 'write':
    case 'remove':
    case 'use': {
      const why = facts.errno === undefined ? '' : ` (${facts.errno})`;
      return { message: `${facts.path} cannot be ${ACTIONS[facts.what]}${why}.` };
    }
    case 'no-number':
      return { message: `${facts.path} does not hold a number.` };
    case 'no-file':
      return { message: `${facts.path} is not a regular file.` };
    case 'slow':
      return {
        message: `${facts.path} could not be read within ${facts.seconds} s.`,
        hint: 'A Windows drive or a network drive may hang.',
      };
    case 'too-large':
      return {
        message: `${facts.path} has more than ${formatBytes(facts.mostBytes)}, so it is no settings file.`,
      };
    case 'guard':
      return {
        message:
          'Nothing was changed: the process that would revert the change without the helper does not start.',
      };
    case 'systemctl':
      return { message: `systemctl ${facts.verb} failed: ${facts.how}.` };
  }
}

/** Another user could decide what Lifeboat reads or writes there. */
export function pathUnsafe(facts: FactsOf<'path-unsafe'>): FailureWords {
  switch (facts.what) {
    case 'foreign':
      return {
        message: `${facts.path} belongs to another user (uid ${facts.uid}), so Lifeboat neither reads nor writes there.`,
        hint: 'Run it with your own HOME, as "sudo -H" does.',
      };
    case 'changeable':
      return {
        message: `Every user may write to ${facts.path}, so Lifeboat neither reads nor writes there.`,
        hint: `Correct it with: chmod o-w ${facts.path}`,
      };
    case 'links':
      return { message: `${facts.path} leads through too many links.` };
  }
}

/** The user's service manager did not reload a drop-in. */
export function managerNotReloaded({ file, state, says, why }: FactsOf<'manager-untold'>): FailureWords {
  switch (state) {
    case 'as-before':
      return {
        message: 'Your service manager could not reload, so nothing was kept.',
        hint: `See what ${RELOAD} says, and try again.`,
      };
    case 'unknown':
      return {
        message: `Your service manager did not answer. ${file} is as it was; the manager may have read the change.`,
        hint: `${RELOAD} makes it read the file again.`,
      };
    case 'left': {
      const now = says === undefined || says === '' ? 'is gone' : `says OOMScoreAdjust=${says}`;
      return {
        message: `Your service manager could not reload. ${file} ${now}, and could not be put back${why === undefined ? '' : `: ${why}`}.`,
        hint: `Correct the file by hand, then run ${RELOAD}.`,
      };
    }
  }
}

const JOURNAL_WHY = {
  full: 'the disk is full',
  busy: 'another Lifeboat is writing to it',
  'read-only': 'it is read-only',
  'cannot-open': 'it cannot be opened',
  'io-error': 'the disk reports an error',
} as const;

const JOURNAL_FAULTS = {
  damaged: 'is damaged',
  foreign: 'belongs to another program',
  'no-database': 'is not a database',
  'no-file': 'is not a regular file',
} as const;

/** The journal cannot be used, or was begun again. */
export function journalFailed(facts: FactsOf<'journal-failed'>): FailureWords {
  switch (facts.what) {
    case 'newer':
      return {
        message: `${facts.path} was written by a newer Lifeboat.`,
        hint: 'This version leaves it alone. Use the newer one.',
      };
    case 'unusable': {
      const why = facts.why === 'other' ? (facts.detail ?? facts.errno ?? '?') : JOURNAL_WHY[facts.why];
      return {
        message: `${facts.path} cannot be used: ${why}.`,
        hint: 'Changes are still made, but not recorded.',
      };
    }
    case 'set-aside':
      return {
        message: `${facts.path} ${JOURNAL_FAULTS[facts.fault]}. It was renamed to ${facts.keptAs}, and a new one was begun.`,
      };
    case 'none':
      return { message: 'There is no journal.', hint: 'Changes are still made, but not recorded.' };
  }
}

/** A file of settings that is not what it has to be. */
export function malformed(facts: FactsOf<'malformed'>): FailureWords {
  const { keptAs } = facts;
  const kept = keptAs === undefined ? '' : ` It was renamed to ${keptAs}.`;
  return {
    message: `${faultOf(facts)}${kept}`,
    hint:
      keptAs === undefined
        ? 'Until the file is corrected, the previous settings apply.'
        : 'A new file was begun with the settings that apply now.',
  };
}

function faultOf({ file, fault, key, expected, detail }: FactsOf<'malformed'>): string {
  switch (fault) {
    case 'no-file':
      return `${file} is not a regular file.`;
    case 'too-large':
      return `${file} is too large.`;
    case 'changeable':
      return `Other users may write to ${file}.`;
    case 'no-json':
      return `${file} is not JSON${detail === undefined ? '' : ` (${detail})`}.`;
    case 'no-object':
      return `${file} is not a JSON object.`;
    case 'key':
      return `${file}: ${key ?? 'a key'} should be ${expected ?? 'something else'}.`;
  }
}
