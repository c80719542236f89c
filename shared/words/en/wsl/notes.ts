import { INTEROP } from './interop.ts';
import { formatBytes } from '../../../format/bytes.ts';
import { type NoSwap, type WslNote } from '../../../wsl/notes.ts';

/** What is said of one fact of WSL. `copy`: lines to be copied as they are. */
export interface WslNoteWords {
  readonly title: string;
  readonly meaning: string;
  readonly hint?: string;
  readonly copy?: readonly string[];
}

const RESTART = 'Then run "wsl --shutdown" in Windows. It ends all distributions, Docker Desktop’s too.';
const DROP_CACHES =
  'echo 3 | sudo tee /proc/sys/vm/drop_caches; echo 1 | sudo tee /proc/sys/vm/compact_memory';

const NO_SWAP: Readonly<Record<NoSwap, string>> = {
  starting: 'WSL adds swap some seconds after the start.',
  'safe-mode': 'safeMode=true in .wslconfig turns it off.',
  'set-so': 'swap=0 in .wslconfig turns it off.',
  path: 'WSL could not create the swap file, so it runs without swap.',
  unknown:
    'WSL has swap by default. Either it could not create the file, or another user’s .wslconfig holds.',
};

const WHY_UNREADABLE = {
  denied: 'It may not be read.',
  slow: 'It could not be read within 2 s: the Windows drive may hang.',
  failed: 'It could not be read.',
} as const;

const NAMES = {
  memory: 'memory',
  swap: 'swap',
  processors: 'processors',
  kernelCommandLine: 'kernelCommandLine',
} as const;

/** What a fact means, and what can be done about it. */
export function wslNote(note: WslNote): WslNoteWords {
  switch (note.kind) {
    case 'wsl1':
      return {
        title: 'WSL 1',
        meaning:
          'WSL 1 emulates Linux. "Out of memory" there is the commit limit of Windows: there is no OOM killer and no .wslconfig for it.',
        hint: 'WSL 2 has a Linux kernel.',
        copy: ['wsl --set-version DISTRIBUTION 2'],
      };
    case 'held':
      return held(note);
    case 'others-use': {
      const docker =
        note.dockerBytes > 0 ? ` Docker Desktop has ${formatBytes(note.dockerBytes)} of it.` : '';
      const seen = note.isShare ? 'Other distributions use' : 'Containers of Docker Desktop use';
      return {
        title: 'Other distributions',
        meaning: `${seen} ${formatBytes(note.bytes)} of the memory that all share.${note.isShare ? docker : ''} When it runs out, the kernel chooses among all of them, and their processes are hidden from here.`,
        hint: 'A container can die although this distribution has little in use.',
      };
    }
    case 'reclaim':
      return reclaim(note);
    case 'never-idle': {
      const busy = note.busy
        .map(({ name, pid, percent }) => `${name} (${pid}) ${percent.toFixed(1)}%`)
        .join(', ');
      return {
        title: 'Never idle',
        meaning: `autoMemoryReclaim waits until the machine uses less than ${note.limitPercent}% of its processors. Just now busy: ${busy}.`,
        hint: 'While one of them runs, no memory is given back by itself.',
        copy: [DROP_CACHES],
      };
    }
    case 'psi-off':
      return {
        title: 'Memory pressure',
        meaning:
          'The kernel of WSL measures no memory pressure unless it is told to at the start. Kernels before 6.6 cannot.',
        hint: `Write this line under [wsl2] in .wslconfig. ${RESTART}`,
        copy: ['kernelCommandLine=psi=1'],
      };
    case 'mistakes':
      return {
        title: 'Mistakes in a settings file',
        meaning: `${note.path} has ${note.findings.length === 1 ? 'a line' : `${note.findings.length} lines`} that WSL reads otherwise than it looks.`,
      };
    case 'no-file':
      return {
        title: '.wslconfig',
        meaning: `There is none, so all defaults hold. ${half(note.totalBytes)}`,
      };
    case 'default-memory':
      return {
        title: 'Memory of the virtual machine',
        meaning: `${note.path} does not set it. ${half(note.totalBytes)}`,
      };
    case 'unreadable':
      return { title: 'A settings file', meaning: `${note.path}: ${WHY_UNREADABLE[note.why]}` };
    case 'drive-slow':
      return {
        title: '.wslconfig',
        meaning: 'The Windows drive did not answer within 2 s, so .wslconfig was not read.',
      };
    case 'several-files':
      return {
        title: '.wslconfig',
        meaning: `Several users of Windows have one, and WSL reads that of the user who started it: ${note.paths.join(', ')}.`,
      };
    case 'written-after-start':
      return {
        title: '.wslconfig is newer than the virtual machine',
        meaning: `${note.path} was written after Windows started the virtual machine, which has not read it since.`,
        hint: 'Run this in Windows. It ends all distributions, Docker Desktop’s too.',
        copy: ['wsl --shutdown'],
      };
    case 'applied':
      return {
        title: `${NAMES[note.what]} in .wslconfig`,
        meaning: `It is in force: ${shown(note.what, note.wanted)}.`,
      };
    case 'not-applied':
      return {
        title: `${NAMES[note.what]} in .wslconfig`,
        meaning: `It is not in force: the file says ${shown(note.what, note.wanted)}${note.has === undefined ? ', and the kernel was started without it' : `, and the machine has ${shown(note.what, note.has)}`}.`,
        hint:
          note.what === 'kernelCommandLine'
            ? 'WSL was not started again since, or a policy forbids it.'
            : 'WSL was not started again since, or the file of another user holds.',
        copy: ['wsl --shutdown'],
      };
    case 'cannot-tell':
      return {
        title: `${NAMES[note.what]} in .wslconfig`,
        meaning: `The file says ${shown(note.what, note.wanted)}${note.has === undefined ? '' : `, the machine has ${shown(note.what, note.has)}`}. These figures cannot tell whether it is in force.`,
      };
    case 'no-swap': {
      const { why, path } = note;
      const hint =
        why === 'path'
          ? `Check the path of swapFile: ${path ?? ''}. A backslash is written twice: \\\\.`
          : undefined;
      const meaning = `There is none. ${NO_SWAP[why]}`;
      return hint === undefined ? { title: 'Swap', meaning } : { title: 'Swap', meaning, hint };
    }
    case 'swap-full':
      return {
        title: 'Swap',
        meaning: `All ${formatBytes(note.totalBytes)} of it are in use: nothing delays the next kill.`,
        hint: `A larger memory= or swap= under [wsl2] in .wslconfig helps. ${RESTART}`,
      };
    case 'kills':
      return {
        title: 'Killed processes',
        meaning: `The kernel has killed ${note.count === 1 ? 'a process' : `${note.count} processes`} since it started, in this distribution or in another one: all share one kernel.`,
        hint: 'Events has each kill of which the report could be read: where memory ran out, who was killed, and why.',
      };
    case 'session-at-risk':
      return {
        title: 'Your session',
        meaning: `The service manager of your user (process ${note.pid}) has an oom_score_adj of ${note.oomScoreAdj}, so it is killed early, and your whole session ends with it.`,
        hint: 'Write this to /etc/systemd/system/user@.service.d/lifeboat.conf.',
        copy: ['[Service]', 'OOMScoreAdjust=0'],
      };
    case 'interop':
      return { title: 'Windows programs', meaning: INTEROP[note.is] };
    case 'no-systemd':
      return {
        title: 'systemd',
        meaning:
          'This distribution runs without systemd: there are no units to protect, and files in /etc/sysctl.d are not read at the start.',
        hint: 'Write this under [boot] in /etc/wsl.conf to have it.',
        copy: ['systemd=true'],
      };
    case 'cgroup-v1':
      return {
        title: 'Control groups',
        meaning:
          'Memory is on version 1 of cgroups here. Kernels of WSL from 6.18 on have no memory limits there, and distributions are not kept apart.',
      };
    case 'ends-with-vm':
      return {
        title: 'How long changes last',
        meaning: `Kernel settings and adjustments end with the virtual machine: ${note.idleMs < 0 ? '' : `${note.idleMs / 1000} s after the last distribution ended, or `}with "wsl --shutdown".${note.hasSystemd ? ' Settings in /etc/sysctl.d and units come back with it.' : ''}`,
      };
  }
}

function held(note: Extract<WslNote, { readonly kind: 'held' }>): WslNoteWords {
  const { heldBytes, cacheBytes, scatteredBytes, blockBytes } = note;
  return {
    title: 'What Windows holds for it',
    meaning: `About ${formatBytes(heldBytes)}, as vmmem in the Task Manager. ${formatBytes(cacheBytes)} of that is cache. ${formatBytes(scatteredBytes)} is free for Linux, in blocks below ${formatBytes(blockBytes)}, which Windows does not get back.`,
    hint: 'Cache comes back when the machine is idle, or now with this. Files are then read from disk again.',
    copy: [DROP_CACHES],
  };
}

function reclaim({ mode, how }: Extract<WslNote, { readonly kind: 'reclaim' }>): WslNoteWords {
  const title = 'autoMemoryReclaim';
  if (mode === 'disabled') return { title, meaning: 'It is disabled: Windows gets no cache back by itself.' };
  if (mode === 'dropCache') {
    const old = 'once in an idle time, after 10 min below 0.5% user time';
    const recent = 'once in an idle time, after 2 min below 0.5% of all processors';
    const when = how === 'new' ? recent : how === 'old' ? old : `${recent}; up to 2.9.4 ${old}`;
    return { title, meaning: `dropCache: WSL drops the page cache ${when}.` };
  }
  if (how === 'new')
    return { title, meaning: 'gradual: WSL takes back cache in small steps while the machine is idle.' };
  return {
    title,
    meaning:
      'gradual: up to WSL 2.9.4 it also swaps programs out after 3 idle minutes. The machine can hang for minutes when they come back.',
    hint: `Write this line under [experimental] in .wslconfig, or update WSL. ${RESTART}`,
    copy: ['autoMemoryReclaim=dropCache'],
  };
}

function half(totalBytes: number | undefined): string {
  const has = totalBytes === undefined ? '' : `, here ${formatBytes(totalBytes)}`;
  return `The virtual machine may take half of Windows’ memory${has}. memory= under [wsl2] changes that.`;
}

function shown(what: 'memory' | 'swap' | 'processors' | 'kernelCommandLine', value: number | string): string {
  if (what === 'memory' || what === 'swap') return typeof value === 'number' ? formatBytes(value) : value;
  return what === 'kernelCommandLine' ? `"${value}"` : `${value}`;
}
