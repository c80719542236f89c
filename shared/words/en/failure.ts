// Over 300 lines: one switch over every failure.
import { engineRefused } from './failure/engine.ts';
import { assertNever, type Failure, type FailureOf } from '#shared/result.ts';
import { formatBytes } from '#shared/format/bytes.ts';
import { safeText } from '#shared/format/safe-text.ts';
import {
  ambiguous,
  belowManager,
  changedMeanwhile,
  deniedBySystem,
  notFound,
  notKept,
  notSupported,
  outOfRange,
  processGone,
  readBackDiffers,
  refusedTarget,
  wouldKill,
} from './failure/change.ts';
import { badRequest, busy } from './failure/request.ts';
import {
  elevationNone,
  helperMissing,
  helperUntrusted,
  notReverted,
  notStarted,
  NO_AGENT,
  NO_BUS,
  NO_INTEROP,
  REFUSED,
} from './failure/helper.ts';
import { ioFailed, journalFailed, malformed, managerNotReloaded, pathUnsafe } from './failure/storage.ts';
import { windowsSilent } from './wsl/windows-silent.ts';
import { ruleBroken, rulesBroken, ruleTooWide } from './failure/rules.ts';

/** What happened, and what to do about it where there is something. */
export interface FailureWords {
  readonly message: string;
  readonly hint?: string;
}

const NOT_OURS = 'Lifeboat leaves it as it is.';

/** The words for a failure, harmless for a terminal and for one line whatever its facts hold. */
export function failure(error: Failure): FailureWords {
  const { message, hint } = wordsOf(error);
  return { message: safeText(message), ...(hint === undefined ? {} : { hint: safeText(hint) }) };
}

function wordsOf(error: Failure): FailureWords {
  switch (error.code) {
    case 'disconnected':
      return { message: 'The connection to Lifeboat was lost.', hint: 'The page reconnects by itself.' };
    case 'unknown-request':
      return { message: `There is no request named "${error.facts.request}".` };
    case 'bad-request':
      return badRequest(error.facts);
    case 'busy':
      return busy(error.facts);
    case 'internal':
      return {
        message: `${error.facts.where} failed inside Lifeboat.`,
        hint: 'This is a bug. The log says more.',
      };
    case 'not-found':
      return notFound(error.facts);
    case 'ambiguous':
      return ambiguous(error.facts);
    case 'process-gone':
      return processGone(error.facts);
    case 'kernel-thread':
      return kernelThread(error.facts);
    case 'scope-unknown':
      return scopeUnknown(error.facts);
    case 'scope-unlimited':
      return scopeUnlimited(error.facts);
    case 'out-of-scope':
      return {
        message: `Process ${error.facts.pid} is not in that scope, so it has no place in its kill order.`,
      };
    case 'proc-unreadable':
      return procUnreadable(error.facts);
    case 'windows-silent':
      return windowsSilent(error.facts);
    case 'port-unavailable':
      return portUnavailable(error.facts);
    case 'elevation-none':
      return withCommand(elevationNone(error.facts), error.facts.instead);
    case 'elevation-no-bus':
      return withCommand(NO_BUS, error.facts.instead);
    case 'elevation-no-agent':
      return withCommand(NO_AGENT, error.facts.instead);
    case 'elevation-dismissed':
      return withCommand(
        { message: 'The password prompt was dismissed. Nothing was changed.' },
        error.facts.instead,
      );
    case 'elevation-refused':
      return withCommand(REFUSED, error.facts.instead);
    case 'elevation-wsl-interop-off':
      return withCommand(NO_INTEROP, error.facts.instead);
    case 'helper-missing':
      return helperMissing(error.facts);
    case 'helper-untrusted':
      return withCommand(helperUntrusted(error.facts), error.facts.instead);
    case 'helper-version':
      return {
        message: `The helper has another version (${error.facts.version}), and the two cannot work together.`,
        hint: 'Install the same version of both, or copy the helper again.',
      };
    case 'helper-silent':
      return {
        message: `The helper did not answer${error.facts.seconds === undefined ? '' : ` within ${error.facts.seconds} s`}.`,
        hint: 'It may still make the change. A change that is not confirmed reverts by itself.',
      };
    case 'helper-not-started':
      return withCommand(notStarted(error.facts), error.facts.instead);
    case 'helper-ended':
      return {
        message: `The helper ended (${error.facts.how}). Changes that were not confirmed are being reverted: check the values.`,
      };
    case 'helper-garbled':
      return {
        message: 'The helper gave an answer that Lifeboat does not understand.',
        hint: 'Check the value before you change it again.',
      };
    case 'read-only':
      return readOnly(error.facts);
    case 'not-asked':
      return notAsked(error.facts);
    case 'no-cap-sys-resource':
      return {
        message: `${error.facts.subject} cannot be lowered: the helper is root, but has no CAP_SYS_RESOURCE.`,
        hint: 'Many containers withhold that capability. Make the change outside the container.',
      };
    case 'below-manager':
      return belowManager(error.facts);
    case 'needs-root':
      return { message: `${error.facts.subject} cannot be changed or lowered without root.` };
    case 'denied-by-system':
      return deniedBySystem(error.facts);
    case 'refused-target':
      return refusedTarget(error.facts);
    case 'out-of-range':
      return outOfRange(error.facts);
    case 'changed-meanwhile':
      return changedMeanwhile(error.facts);
    case 'read-back-differs':
      return readBackDiffers(error.facts);
    case 'not-kept':
      return notKept(error.facts);
    case 'not-set-back':
      return {
        message: `The kernel did not accept ${error.facts.subject}, and what was set before it could not be set back.`,
        hint: 'Check these settings and set them back by hand.',
      };
    case 'not-reverted':
      return notReverted(error.facts);
    case 'would-kill':
      return wouldKill(error.facts);
    case 'change-unknown':
      return { message: 'That change is no longer pending: it was kept or reverted.' };
    case 'unit-unknown':
      return error.facts.fault === 'none-such'
        ? { message: `systemd has no unit ${error.facts.unit}.` }
        : { message: `"${error.facts.unit}" is not the name of a service.` };
    case 'not-supported':
      return notSupported(error.facts);
    case 'not-ours':
      return notOurs(error.facts);
    case 'io-failed':
      return ioFailed(error.facts);
    case 'manager-untold':
      return managerNotReloaded(error.facts);
    case 'journal-failed':
      return journalFailed(error.facts);
    case 'engine-refused':
      return engineRefused(error.facts);
    case 'path-unsafe':
      return pathUnsafe(error.facts);
    case 'malformed':
      return malformed(error.facts);
    case 'rules-broken':
      return rulesBroken(error.facts);
    case 'rule-broken':
      return ruleBroken(error.facts);
    case 'rule-too-wide':
      return ruleTooWide(error.facts);
    case 'rules-wait':
      return { message: 'Rules that need root wait until changes are allowed.' };
    case 'not-confirmed':
      return { message: NOT_CONFIRMED[error.facts.why] };
    case 'outcome-unknown':
      return { message: 'Lifeboat ended during the write. Check whether the value was written.' };
    case 'former-boot':
      return formerBoot(error.facts);
    default:
      return assertNever(error);
  }
}

const NOT_CONFIRMED = {
  time: 'It was not confirmed in time.',
  'helper-ended': 'The helper ended before it was confirmed.',
  'program-ended': 'Lifeboat ended before it was confirmed.',
} as const;

/** A failure with a command to paste, where there is no better advice. */
function withCommand(words: FailureWords, instead: string | undefined): FailureWords {
  return words.hint !== undefined || instead === undefined || instead === ''
    ? words
    : { ...words, hint: instead };
}

function kernelThread({ pid, name }: FailureOf<'kernel-thread'>['facts']): FailureWords {
  const who = pid === undefined ? 'It' : `${pid}${name === undefined ? '' : ` (${name})`}`;
  return {
    message: `${who} is a kernel thread.`,
    hint: 'Kernel threads have no memory of their own and are never killed.',
  };
}

function scopeUnknown({ path, mountPoint }: FailureOf<'scope-unknown'>['facts']): FailureWords {
  return mountPoint === undefined
    ? { message: 'This machine has no memory cgroups.', hint: 'Look at the whole machine.' }
    : { message: `There is no memory cgroup ${path}.`, hint: `Paths are relative to ${mountPoint}.` };
}

function scopeUnlimited({
  path,
  limitedBy,
  headroomBytes,
}: FailureOf<'scope-unlimited'>['facts']): FailureWords {
  const headroom = `${formatBytes(headroomBytes)} of headroom`;
  const what = `The cgroup ${path} has no memory limit of its own.`;
  return limitedBy === undefined
    ? {
        message: `${what} Its limit is the machine's memory, with ${headroom}.`,
        hint: 'Look at the whole machine.',
      }
    : {
        message: `${what} Its limit is that of ${limitedBy}, with ${headroom}.`,
        hint: `Look at cgroup:${limitedBy}.`,
      };
}

function procUnreadable(facts: FailureOf<'proc-unreadable'>['facts']): FailureWords {
  switch (facts.what) {
    case 'file':
      return {
        message: `Lifeboat cannot read ${facts.path} (${facts.errno}).`,
        hint: 'It needs a mounted /proc that shows processes. In a chroot: mount -t proc proc /proc.',
      };
    case 'release':
      return {
        message: `The kernel calls itself "${facts.release}", which is not a kernel release.`,
      };
    case 'processes':
      return facts.count === 1
        ? { message: 'One process cannot be read and is missing here.' }
        : { message: `${facts.count} processes cannot be read and are missing here.` };
  }
}

function portUnavailable({ port, errno }: FailureOf<'port-unavailable'>['facts']): FailureWords {
  switch (errno) {
    case 'EADDRINUSE':
      return {
        message: `Port ${port} is already in use.`,
        hint: 'Choose another with --port, or 0 for any free one.',
      };
    case 'EACCES':
      return {
        message: `Port ${port} is reserved for root.`,
        hint: 'Choose one from 1024 with --port, or 0 for any free one.',
      };
    default:
      return { message: `Port ${port} cannot be opened (${errno}).` };
  }
}

function readOnly({ command }: FailureOf<'read-only'>['facts']): FailureWords {
  return {
    message: 'This page only shows; it cannot change anything.',
    ...(command === undefined ? {} : { hint: `To allow changes, start it with: ${command}` }),
  };
}

function notAsked({ why }: FailureOf<'not-asked'>['facts']): FailureWords {
  switch (why) {
    case 'no-terminal':
      return {
        message: 'There is no terminal in which to confirm the change. Nothing was changed.',
        hint: '--yes keeps it without asking, --dry-run shows what it would do.',
      };
    case 'declined':
      return { message: 'Nothing was changed.' };
    case 'other-tree':
      return { message: 'LIFEBOAT_ROOT points to another tree than this machine. Nothing was changed.' };
  }
}

function notOurs(facts: FailureOf<'not-ours'>['facts']): FailureWords {
  switch (facts.what) {
    case 'file':
      return { message: `${facts.path} was changed by another program. ${NOT_OURS}` };
    case 'journal':
      return { message: `The journal does not say how to undo ${facts.subject}.` };
    case 'cgroup':
      return { message: `The cgroup ${facts.path} has no ${facts.file}.` };
  }
}

function formerBoot({ of, subject }: FailureOf<'former-boot'>['facts']): FailureWords {
  switch (of) {
    case 'process':
      return { message: 'The process ended with an earlier boot. There is nothing to put back.' };
    case 'cgroup':
      return { message: 'The cgroup ended with an earlier boot. There is nothing to put back.' };
    case 'setting':
      return {
        message: `${subject} was set in an earlier boot and not kept on disk. Its value now is not Lifeboat's.`,
      };
  }
}
