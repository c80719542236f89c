// Over 300 lines: one sentence for each way in which a change fails.
import { safeText } from '#shared/format/safe-text.ts';
import { formatBytes } from '#shared/format/bytes.ts';
import { type FactsOf } from '#shared/result.ts';
import { cgroupName } from '../cgroup-name.ts';
import { type FailureWords } from '../failure.ts';
import { containerById, containerNoun } from '../places.ts';

/** Something that was named is not there. */
export function notFound(facts: FactsOf<'not-found'>): FailureWords {
  switch (facts.what) {
    case 'file':
      return facts.near === undefined
        ? { message: `${facts.path} does not exist.` }
        : {
            message: `${facts.path} does not exist.`,
            hint: `There is ${facts.near}, which WSL does not read.`,
          };
    case 'page':
      return { message: `There is no built page in ${facts.folder}.`, hint: 'Build it: npm run build' };
    case 'entry':
      return {
        message: `The journal has no ${facts.id === undefined ? 'such entry' : `entry ${facts.id}`}.`,
        hint: '"lifeboat journal" shows what it has.',
      };
    case 'change':
      return facts.group === undefined
        ? { message: 'There is nothing to undo.' }
        : {
            message: `Change ${facts.group} does not exist, or was undone.`,
            hint: '"lifeboat journal" shows what can be undone.',
          };
    case 'rule':
      return {
        message: `There is no rule ${facts.number}.`,
        hint:
          facts.count === 0
            ? 'There are no rules.'
            : `There are ${facts.count}: "lifeboat rules list" shows them.`,
      };
    case 'name':
      return {
        message: `No process is called "${facts.name}".`,
        hint: 'Names are those of the kernel, at most 15 bytes, as "lifeboat list" shows them.',
      };
    case 'unit':
      return unitNotFound(facts);
    case 'user-unit':
      return { message: `No user runs a unit ${facts.name}.` };
    case 'container':
      return {
        message: `No process is in a container "${facts.name}".`,
        hint:
          facts.others.length === 0
            ? 'No container runs here, as far as cgroups show.'
            : `There are: ${facts.others.map(containerNoun).join(', ')}.`,
      };
    case 'scope':
      return {
        message: `No cgroup is known as "${facts.name}".`,
        hint:
          facts.others.length === 0
            ? 'Nothing of that kind runs here. "lifeboat groups" shows what does.'
            : `There are: ${facts.others.map(safeText).join(', ')}.`,
      };
    case 'unprotected':
      return { message: 'Lifeboat is already protected.' };
  }
}

function unitNotFound(facts: Extract<FactsOf<'not-found'>, { readonly what: 'unit' }>): FailureWords {
  const { name, below, others = [], isKnown } = facts;
  if (below !== undefined) {
    const more = below.more > 0 ? ` and ${below.more} more` : '';
    return {
      message: `${name} has no processes of its own: its ${below.count} are in units below it.`,
      hint: `Name one of those: ${below.units.join(', ')}${more}.`,
    };
  }
  if (others.length > 0) {
    return { message: `${name} has no processes.`, hint: `Units that have some: ${others.join(', ')}.` };
  }
  return isKnown === false
    ? {
        message: `There is no unit ${name}.`,
        hint: 'Name it as "lifeboat list" shows it, with its suffix: nginx.service, user:1000:dbus.service.',
      }
    : { message: `The unit ${name} has no processes now.`, hint: 'It is not running, or has ended.' };
}

/** More than one fits. */
export function ambiguous({ what, name, choices }: FactsOf<'ambiguous'>): FailureWords {
  const hint = (all: readonly string[]) => `Choose one: ${all.join(', ')}.`;
  switch (what) {
    case 'unit':
      return { message: `Several service managers have a unit ${name}.`, hint: hint(choices) };
    case 'container':
      return { message: `"${name}" matches several containers.`, hint: hint(choices.map(containerById)) };
    case 'scope':
      return { message: `"${name}" matches several cgroups.`, hint: hint(choices.map(safeText)) };
  }
}

/** A unit cannot get less than its manager has. */
export function belowManager({ unit, uid, oomScoreAdj }: FactsOf<'below-manager'>): FailureWords {
  const whose =
    uid === undefined ? 'The service manager of the system' : `The service manager of user ${uid}`;
  return {
    message: `${whose} runs at ${oomScoreAdj} itself and may not start ${unit} below that.`,
    hint: `It ignores a lower OOMScoreAdjust= silently. ${oomScoreAdj} is the lowest that it can give.`,
  };
}

/** The target has ended. */
export function processGone(facts: FactsOf<'process-gone'>): FailureWords {
  switch (facts.what) {
    case 'process':
      return {
        message: `Process ${facts.pid} has ended${facts.reused === true ? ', and another process has its number now' : ''}.`,
        hint: 'Nothing was changed.',
      };
    case 'unseen':
      return {
        message: `There is no process ${facts.pid}.`,
        hint: 'It may have ended, or be hidden from you. "lifeboat list -n 0" shows all processes.',
      };
    case 'subject':
      return { message: `${facts.subject} belongs to a process that has ended.` };
    case 'cgroup':
      return {
        message: `The cgroup ${cgroupName(facts.path)} no longer exists. There is nothing to put back.`,
      };
  }
}

/** The system does not let even root do it. */
export function deniedBySystem({ subject, errno }: FactsOf<'denied-by-system'>): FailureWords {
  return errno === 'EROFS'
    ? { message: `${subject} is on a file system that is read-only here.` }
    : { message: `${subject} cannot be changed: a security module or a container denies it (${errno}).` };
}

/** A target that Lifeboat refuses to write to. */
export function refusedTarget(facts: FactsOf<'refused-target'>): FailureWords {
  switch (facts.what) {
    case 'init':
      return {
        message: 'Process 1 is init: the kernel never kills it, whatever its value is.',
        hint: 'Its children would inherit the value.',
      };
    case 'helper':
      return { message: 'This is the helper itself. It must outlive what it changes.' };
    case 'root-cgroup':
      return { message: 'The root cgroup has no settings: it is the whole machine.' };
    case 'log-folder':
      return { message: 'Users other than root can change the folder of the log.' };
    case 'log-file':
      return { message: 'The log is not a regular file of its own.' };
    case 'thread':
      return { message: `${facts.pid} is a thread, not a process.` };
    case 'link':
      return { message: `${facts.path} is a symbolic link. Lifeboat does not follow it.` };
    case 'no-folder':
      return { message: `${facts.path} is not a folder. Symbolic links are not followed.` };
    case 'no-file':
      return { message: `${facts.path} is not a regular file. Symbolic links are not followed.` };
    case 'changeable':
      return { message: `Users other than root can change ${facts.path}. Nothing is written there.` };
    case 'too-large':
      return { message: `${facts.path} is too large.` };
  }
}

/** A value that cannot be. */
export function outOfRange(facts: FactsOf<'out-of-range'>): FailureWords {
  switch (facts.what) {
    case 'number':
      return {
        message: `${facts.subject} must be a whole number from ${facts.lowest} to ${facts.highest}.`,
      };
    case 'kernel':
      return {
        message: `The kernel does not accept this value for ${facts.subject}.`,
        ...(facts.subject.includes('memory.')
          ? { hint: 'With cgroup v1, a limit of memory and swap may be in the way.' }
          : {}),
      };
  }
}

/** Another value than the one that the user saw. */
export function changedMeanwhile(facts: FactsOf<'changed-meanwhile'>): FailureWords {
  switch (facts.what) {
    case 'value':
      return {
        message: `${facts.subject} is ${facts.now ?? 'unknown'} now, no longer ${facts.expected}.`,
        hint: 'Nothing was changed. Look again, then decide.',
      };
    case 'race':
      return {
        message: `${facts.subject} has just been changed by another program.`,
        hint: 'Nothing was changed. Look again, then decide.',
      };
    case 'look':
      return {
        message: `Process ${facts.pid} has another name, user or parent than the one that was seen.`,
        hint: 'Nothing was changed. Look again, then decide.',
      };
    case 'waiting':
      return {
        message: `A change of ${facts.subject} is already pending.`,
        hint: 'Keep or revert that one first.',
      };
    case 'not-ours':
      return {
        message: `Its value is ${facts.now} now, which Lifeboat did not set.`,
        hint: 'It is left as it is.',
      };
    case 'kept':
      return {
        message: `What is kept for ${facts.name} was changed since.`,
        hint: 'It is left as it is.',
      };
    case 'drop-in':
      return {
        message: `Your service manager could not reload, and ${facts.path} was changed by another program.`,
        hint: 'It is left as it is.',
      };
    case 'place':
      return {
        message: `${facts.subject} has grown: with this value its place in the kill order would be ${facts.rank}.`,
        hint: 'Nothing was changed. Look at the effect again.',
      };
    case 'rules':
      return {
        message: `${facts.path} was changed since.`,
        hint: 'Nothing was changed. Look at the effect again.',
      };
    case 'preview':
      return {
        message: 'This preview is too old to be applied.',
        hint: 'Nothing was changed. Look at the effect again.',
      };
  }
}

/** The value that was read back differs from the one that was written. */
export function readBackDiffers(facts: FactsOf<'read-back-differs'>): FailureWords {
  switch (facts.what) {
    case 'value':
      return {
        message: `${facts.subject} was set to ${facts.asked}, but reads ${facts.after}.`,
        ...(facts.setBack === true ? { hint: 'It was set back.' } : {}),
      };
    case 'file':
      return { message: `${facts.path} was written, but reads differently.` };
    case 'drop-in':
      return {
        message: `${facts.path} was written, but another drop-in overrides it: ${facts.unit} has ${facts.now}.`,
      };
    case 'boot': {
      const by =
        facts.file === undefined
          ? ''
          : `: ${facts.file}, line ${facts.line ?? '?'} sets ${facts.sets ?? 'it'}`;
      return {
        message: `${facts.path} was written, but after the next boot ${facts.name} is ${bootValue(facts.afterBoot)}${by}.`,
      };
    }
  }
}

/** A setting that the next boot would not have, were it kept. */
export function notKept(facts: FactsOf<'not-kept'>): FailureWords {
  switch (facts.what) {
    case 'host':
      return {
        message: `${facts.name} cannot be kept here: the host of this container decides.`,
        hint: 'Keep it on the host.',
      };
    case 'unread':
      return {
        message: `${facts.name} cannot be kept: nothing reads ${facts.file} at boot here.`,
        hint: `With WSL, kernelCommandLine=sysctl.${facts.name}=${facts.value} in .wslconfig sets it.`,
      };
    case 'coupled':
      return {
        message: `${facts.name} cannot be kept at ${facts.asked}: after the next boot it is ${bootValue(facts.afterBoot)}.`,
        hint: 'It is 0 only while the other of vm.overcommit_ratio and vm.overcommit_kbytes is set.',
      };
    case 'overridden': {
      const { name, asked, afterBoot, file, line, sets, several, command } = facts;
      const place = file === '/proc/cmdline' ? "the kernel's command line" : `${file}, line ${line}`;
      const still =
        sets === undefined
          ? `still sets it to ${bootValue(afterBoot)}`
          : `still sets ${sets}, which makes it ${bootValue(afterBoot)}`;
      const others = several ? ' None of the settings was kept.' : '';
      return {
        message: `${name} cannot be kept at ${asked}: at the next boot ${place} ${still}.${others}`,
        ...(command === undefined ? {} : { hint: `To make it last, first run: ${command}` }),
      };
    }
  }
}

function bootValue(value: number | undefined): string {
  return value?.toString() ?? 'what the kernel computes';
}

/** A limit below what is in use. */
export function wouldKill(facts: FactsOf<'would-kill'>): FailureWords {
  switch (facts.what) {
    case 'usage':
      return {
        message:
          facts.usedBytes === undefined
            ? 'The memory in use is not known, so this limit could kill.'
            : `${formatBytes(facts.usedBytes)} are in use, so this limit would kill.`,
      };
    case 'kernel':
      return {
        message: `${facts.subject} cannot be that low: the kernel could not reclaim enough memory.`,
      };
    case 'preview':
      return {
        message: 'More memory is in use than that. Nothing was changed.',
        hint: '--may-kill sets it anyway.',
      };
  }
}

/** Something that this machine or this front end does not have. */
export function notSupported(facts: FactsOf<'not-supported'>): FailureWords {
  switch (facts.what) {
    case 'cgroups':
      return { message: 'This machine has no memory cgroups.' };
    case 'desktop-setting':
      return {
        message: 'Only the desktop program has that setting.',
        hint: 'The page in a browser follows the browser.',
      };
    case 'other-user':
      return {
        message: `${facts.unit} belongs to the service manager of user ${facts.uid ?? '?'}, who alone can keep values for it.`,
        hint: 'Run Lifeboat as that user.',
      };
    case 'cgroup-file':
      return { message: `Cgroup v${facts.version} has no ${facts.file}.` };
    case 'cgroup-setting':
      return {
        message: `The cgroup ${facts.path} has no setting called ${facts.setting}.`,
        hint: `Cgroups of version ${facts.version} have ${facts.settings.join(', ')}.`,
      };
  }
}
