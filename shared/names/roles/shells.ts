import { basename, clean } from '../clean.ts';
import { type Role, type RoleQuestion } from './role.ts';
import { scriptName, startedScript } from './scripts.ts';

const SHELLS = /^(?:sh|bash|dash|zsh|fish|ash|ksh|mksh|tcsh|csh|nu|rbash)$/;
const SHELL_OPTIONS = {
  withValue: /^(?:-o|\+o|-O|\+O|--rcfile|--init-file|-C|--init-command)$/,
  isText: /^-[A-Za-z]*c$/,
};
/** Programs that only wait for the one that they start. */
const WRAPPERS =
  /^(?:env|nice|ionice|timeout|sudo|doas|setpriv|systemd-run|strace|ltrace|stdbuf|xvfb-run|dbus-run-session|nohup|time|chrt|taskset|setsid|unshare|catchsegv)$/;
const BOXES = /^(?:busybox|toybox|coreutils)$/;

/** Shells and their scripts, programs of many programs (busybox), and programs that wait for another (sudo). */
export function shellRole(question: RoleQuestion): Role | undefined {
  const { program, words, task, isSure, children } = question;
  if (!isSure) return undefined;
  if (BOXES.test(program)) return appletRole(program, words, task.hasTty);
  if (SHELLS.test(program)) return shell(program, words, task.hasTty);
  if (!WRAPPERS.test(program)) return undefined;
  const [child] = children;
  if (child === undefined || children.length > 1) return { kind: 'wrapper', name: program };
  const shown = clean(basename(child.exe?.replace(/ \(deleted\)$/, '') ?? child.comm), child.comm);
  return { kind: 'wrapper', name: program, text: shown };
}

function shell(name: string, words: readonly string[], hasTty: boolean): Role {
  const { script, isText } = startedScript(words, SHELL_OPTIONS);
  if (isText === true) return { kind: 'shell', name: 'shell command', inApp: 'shell command' };
  // Arguments of a login shell's wrapper are none of its own.
  if (script !== undefined) return { kind: 'script', name: scriptName(script) };
  return { kind: 'shell', name, inApp: 'shell', ...(hasTty ? { loss: 'shell' as const } : {}) };
}

function appletRole(program: string, words: readonly string[], hasTty: boolean): Role {
  const called = basename(words[0] ?? '').replace(/^-/, '');
  const isBox = BOXES.test(called);
  const applet = clean(isBox ? basename(words[1] ?? '') : called);
  if (applet === '' || !/^[\w[.+-]+$/.test(applet)) return { kind: 'program', name: program };
  const own = words.slice(isBox ? 1 : 0);
  const role = SHELLS.test(applet) ? shell(applet, own, hasTty) : undefined;
  if (role !== undefined && role.name !== applet) return role;
  return {
    kind: role?.kind ?? 'program',
    name: `${applet} (${program})`,
    ...(role?.loss === undefined ? {} : { loss: role.loss }),
  };
}
