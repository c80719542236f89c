import { programOf } from '#shared/format/program.ts';
import { safeText, shorten } from '#shared/format/safe-text.ts';
import { type ProcessFacts } from '#shared/model/process.ts';
import { type Loss } from '#shared/names/loss-kind.ts';

/** What is lost with a process, as it stands behind "You lose: ". */
export function youLose(loss: Loss): string {
  return `${loss.isPresumed === true ? 'probably ' : ''}${sentence(loss)}`;
}

/** The whole line of a detail. */
export function youLoseLine(text: string): string {
  return `You lose: ${text}`;
}

/** In which terminal, or editor with terminals, a process runs. */
export function withinLine(name: string): string {
  return `In ${name}.`;
}

function sentence({ kind, name, inContainer, startsAgain }: Loss): string {
  const there = inContainer === undefined ? '' : ` in ${inContainer}`;
  switch (kind) {
    case 'group':
      return `everything in ${name}`;
    case 'desktop':
      return 'your whole desktop session';
    case 'desktop-frame':
      return "the desktop's frame for a moment; it starts again";
    case 'x11-programs':
      return 'every X11 program in this session';
    case 'unit-all':
      return `all of ${name} (systemd stops the rest of its unit)`;
    case 'unit-pages':
      return `all pages of ${name} (systemd stops the rest of their unit); its window stays`;
    case 'terminal-tab':
      return 'the whole terminal tab';
    case 'login':
      return 'your whole login';
    case 'service':
      return `the service ${name}${startsAgain === undefined ? '' : startsAgain ? '; systemd starts it again' : '; it stays off'}`;
    case 'container':
      return `the container ${name}${startsAgain === undefined ? '' : startsAgain ? '; it starts again' : '; it stays off'}`;
    case 'container-part':
      return `one part of the container ${name} (its main process decides)`;
    case 'page':
      return `one page of ${name}; it can be loaded again`;
    case 'extension':
      return `one extension of ${name}`;
    case 'graphics':
      return `nothing for long: ${name} starts it again (3 crashes: slower graphics)`;
    case 'helper':
    case 'firefox-helper':
      return `nothing for long: ${name} starts it again`;
    case 'network':
      return `nothing for long: ${name} starts it again; downloads break`;
    case 'starter':
      return `new pages until ${name} is restarted`;
    case 'all-windows':
      return `all of ${name}: every window and page`;
    case 'editor-extensions':
      return `the extensions of ${name}; it starts them again (3 times in 5 minutes)`;
    case 'editor-terminals':
      return `all terminals of ${name} and what runs in them`;
    case 'editor-page':
      return `this window of ${name}: open it again`;
    case 'editor':
      return `all of ${name}; unsaved files come back`;
    case 'firefox-page':
      return `one page or more of ${name}; they can be restored`;
    case 'firefox-extensions':
      return `the extensions of ${name} for a moment`;
    case 'firefox':
      return `all of ${name}: every window and page; it offers to restore the tabs`;
    case 'webkit-page':
      return `one page of ${name}`;
    case 'build-daemon':
      return 'the build that runs; the next one starts it again';
    case 'language-server':
      return 'code help for a moment';
    case 'game':
      return `the game ${name} and what is not saved`;
    case 'windows-program':
      return 'only this program';
    case 'all-windows-programs':
      return 'all Windows programs';
    case 'steam':
      return 'Steam and, where it is their unit, its games';
    case 'database-worker':
      return `every connection of ${name}${there}; it recovers by itself`;
    case 'web-worker':
      return `one request${there}; the master starts another`;
    case 'vm':
      // One that was started without a name is called what it is.
      return `${name === 'virtual machine' ? 'a virtual machine' : `the virtual machine ${name}`}, as if its power were cut`;
    case 'shell':
      return 'this terminal tab and what runs in it';
    case 'terminal':
      return `all windows of ${name}`;
    case 'multiplexer':
      return `all ${name} sessions: every program in them`;
    case 'ssh':
      return 'that ssh connection';
    case 'build-step':
      return 'one step of a build; it stops with an error';
    case 'build':
      return 'the build';
    case 'script-worker':
      return `a worker of ${name}; ${name} may fail`;
    case 'notebook':
      return "one notebook's variables";
    case 'shim':
      return 'that container';
    case 'docker-daemon':
      return 'containers without live-restore';
    case 'containerd':
      return 'nothing for long';
    case 'application':
      return `all of ${name}`;
    case 'program':
      return 'only this program';
  }
}

/** Characters of the kernel's name that are shown: each may be four. */
const NAME_LENGTH = 32;

/** A process as it is named: by the kernel, and by what people call it where that is known. */
interface Called {
  /** comm. */
  readonly name: string;
  readonly label?: string;
  readonly names?: { readonly label: string };
}

/** A process's name inside a sentence, harmless and short: what people call it, else the kernel's name. */
export function nameOf({ name, label, names }: Called): string {
  return names?.label ?? label ?? commOf(name);
}

/** The kernel's name, harmless and short. */
function commOf(name: string): string {
  const shown = shorten(safeText(name), NAME_LENGTH);
  return shown.trim() === '' ? '(no name)' : shown;
}

/** A process in a sentence: its name, and the kernel's name and pid (`Chromium · page (chromium 1295)`). */
export function whoOf(process: Called & { readonly pid: number; readonly program?: string }): string {
  const { name, pid, program } = process;
  const shown = nameOf(process);
  const kernel = commOf(name);
  if (shown !== kernel) return `${shown} (${kernel} ${pid})`;
  return `${shown} (${program === undefined ? pid : `${pid} · ${safeText(program)}`})`;
}

/** What follows a name: the pid, behind the kernel's name where that is another, and what was started where the name does not say so (`4711 · node`). */
export function pidOf(process: ProcessFacts): string {
  const { names, name, pid } = process;
  if (names !== undefined) return names.label === name ? String(pid) : names.secondary;
  const program = programOf(process);
  return program === undefined ? String(process.pid) : `${process.pid} · ${program}`;
}
