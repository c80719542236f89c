import { type FactsOf } from '#shared/result.ts';
import { type FailureWords } from '../failure.ts';

export const NO_BUS: FailureWords = {
  message: 'polkit cannot be asked: the system bus or polkitd does not run (as in WSL without systemd).',
  hint: 'Start Lifeboat in a terminal with sudo.',
};
export const NO_AGENT: FailureWords = {
  message: 'This session cannot ask for a password: no polkit agent runs (as over SSH).',
  hint: 'Start an agent, such as polkit-gnome or lxqt-policykit, or start Lifeboat in a terminal with sudo.',
};
export const NO_INTEROP: FailureWords = {
  message: 'WSL interop is off, and there is no other way to become root.',
  hint: 'Set enabled=true under [interop] in /etc/wsl.conf, then run: wsl.exe --shutdown',
};
export const REFUSED: FailureWords = {
  message: 'The password was wrong, or this user is not an administrator. Nothing was changed.',
};

const NO_WAY: Readonly<Record<FactsOf<'elevation-none'>['why'], string>> = {
  'not-installed': 'There is no way to become root: neither sudo nor pkexec is installed.',
  'no-pkexec': "There is no way to become root: pkexec is not installed (Debian's package: pkexec).",
  'not-setuid': 'pkexec is installed, but without the right to become root.',
  'no-new-privileges':
    'This session cannot become root: it has the flag "no new privileges", as in containers and sandboxes.',
  'no-password-asked': 'sudo asks for a password, and there is no terminal to ask in.',
  'no-terminal': 'sudo needs a terminal to ask for a password.',
  'no-sudoer': 'This user may not use sudo.',
  'nobody-to-ask': 'A password is needed, and there is no terminal to ask in.',
};

/** Root cannot be reached here. */
export function elevationNone({ why }: FactsOf<'elevation-none'>): FailureWords {
  return { message: NO_WAY[why] };
}

/** A file of the helper is not where it should be. */
export function helperMissing({ path }: FactsOf<'helper-missing'>): FailureWords {
  return {
    message: path === undefined ? 'The helper is missing.' : `The helper is missing: there is no ${path}.`,
    hint: 'Install or build Lifeboat again.',
  };
}

/** Other users could change what would run as root. */
export function helperUntrusted({ path, weak, copy }: FactsOf<'helper-untrusted'>): FailureWords {
  return {
    message: `Users other than root can change ${weak}, so ${weak === path ? 'it' : path} is not run as root.`,
    hint:
      copy === undefined
        ? 'Install the deb or rpm: only root can change what they install.'
        : `Install the deb or rpm, or let root make a copy: ${copy}`,
  };
}

/** The helper did not come up. */
export function notStarted({ how, said }: FactsOf<'helper-not-started'>): FailureWords {
  return {
    message: `The helper ended before it was ready (${how}).${said === undefined ? '' : ` It said: ${said}`}`,
  };
}

/** The system refuses the value of before a change. */
export function notReverted({ subject, now, why }: FactsOf<'not-reverted'>): FailureWords {
  const value = now === undefined ? '' : ` It still is ${now}.`;
  return {
    message: `${subject} could not be set back.${value}`,
    hint:
      why === 'in-use'
        ? 'More memory is in use than the old value allows. Lifeboat keeps trying, at least once a minute.'
        : 'The system refuses the old value. Lifeboat keeps trying, at least once a minute.',
  };
}
