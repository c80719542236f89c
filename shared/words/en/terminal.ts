import { type ElevationMethod } from '#shared/model/change.ts';

/** How the change itself would become root. */
function rootBy(method: ElevationMethod, canAsk: boolean): string {
  if (method === 'wsl') return 'WSL gives it without a password';
  return canAsk
    ? `${method} decides, and may ask for a password`
    : `${method} has to allow it without a password, since there is no terminal to ask in`;
}

/** Sentences of the command line that belong to no subject: wrong arguments, questions, the server. */
export const terminal = {
  wholeNumber: (lowest: number, highest: number) => `It must be a whole number from ${lowest} to ${highest}.`,
  notEmpty: 'It must not be empty.',
  tooLong: (most: number) => `It must have at most ${most} characters.`,
  scope:
    'It must be "global" or "cgroup:PATH", or one of container:NAME, compose:PROJECT, pod:NAME and app:NAME.',
  dottedPath: 'The path of a cgroup may not hold "." or "..".',
  unknownCommand: (name: string, near: string | undefined) =>
    `error: unknown command '${name}'${near === undefined ? '' : `\n(Did you mean ${near}?)`}`,
  helpCommand: 'show help for a command',
  serve: {
    open: (address: string) =>
      `\nOpen ${address}\n(this machine only; the address works once; Ctrl-C ends it)`,
    allow: 'Let the page protect processes and change settings, as root where that is needed?',
    notAllowed: 'Nothing was started. Without --allow-changes the page shows everything and changes nothing.',
    fewFiles: (most: number, least: number) =>
      `A program may have ${most} open files here, and a server needs ${least}. Raise the limit: ulimit -n 1024`,
    noFolder: 'There is no folder for the file that would open the browser: open the address by hand.',
    noOpener: 'There is no xdg-open here: open the address by hand.',
  },
  list: {
    more: (count: number) => `… and ${count} more (-n 0 shows all)`,
  },
  explain: {
    ifKilled: (what: string) => `If it is killed, ${what}.`,
    noLimit: 'No memory limit but the machine’s own.',
    diesWhole: ' (dies as a whole)',
    /** When the machine runs out. */
    outcomes: {
      'kills-allocating-task':
        'vm.oom_kill_allocating_task is set: the kernel kills the process that happens to allocate when memory runs out, whatever its place.',
      panics: 'vm.panic_on_oom is set: when memory runs out, the kernel panics instead of killing a process.',
      'deadlock-panics':
        'No process can be killed: when memory runs out, the kernel finds no victim and panics.',
      'no-victim': 'No process can be killed: when memory runs out, allocations fail.',
      waits: 'When memory runs out, processes wait until some is freed.',
    },
    /** The same in a cgroup that runs out first, after its name and headroom. */
    there: {
      'kills-allocating-task': '',
      panics: '; there the kernel panics instead of killing (vm.panic_on_oom = 2)',
      'deadlock-panics': '',
      'no-victim':
        '; every process in it is exempt, so allocations there fail and its programs hang or end with errors',
      waits: '; there its processes wait until memory is freed (oom_kill_disable)',
    },
    placeThere: (place: number) => `; there it has place ${place}`,
  },
  rules: {
    none: (path: string) => `There are no rules in ${path}`,
    tooWide: 'too wide: not applied',
    atEveryStart: 'at every start',
    byFile: (file: string) => `at every start, by ${file}`,
    untilItEnds: 'until it ends',
    choose: 'Choose what the rule matches: --name, --command, --user, --unit or --container.',
  },
  confirm: 'Apply this change?',
  notAsked: 'Nothing was changed. --yes does it without asking.',
  /** Asked where a change is dangerous; it can still be reverted. */
  confirmDanger: 'Apply it anyway? It reverts unless you keep it.',
  confirmBoot: 'Keep it anyway? Nothing reverts it at the next boot.',
  /** Counted down while a change waits. */
  keep: (seconds: number, disk: boolean) =>
    `Keep? (${seconds} s)  y: yes, ${disk ? 'd: also after reboot, ' : ''}n: revert  `,
  keptCgroup: 'Kept until the cgroup is removed.',
  keptUntilReboot: 'Kept until the next boot. --on-disk keeps it after that.',
  reverted: 'Reverted.',
  notConfirmed: 'Not confirmed in time: reverted.',
  noChange: 'No change.',
  oneValue: 'Set one value at a time: each is previewed and reverts unless you keep it.',
  wouldKill: 'Without --may-kill nothing would be changed: more is in use than that.',
  nameTarget: 'Name one target: a PID, --name, --unit or --container (--tree goes with a PID).',
  size: 'It must be a size, as 512M, 2GiB or 300Mi, or max.',
  onOrOff: 'It must be on or off.',
  /** What a rehearsal says of root. */
  root: {
    asks: (need: 'may' | 'yes', method: ElevationMethod, canAsk: boolean) =>
      `${need === 'yes' ? 'Needs' : 'May need'} root: ${rootBy(method, canAsk)}.`,
    outOfReach: (why: string) => `May need root, which is out of reach here. ${why}`,
  },
  notRecorded: 'It could not be recorded, so "lifeboat undo" does not know it.',
  uses: (usage: string, reclaimable: string, processes: string) =>
    `  uses ${usage}, of which ${reclaimable} can be reclaimed; processes: ${processes}`,
  noChanges: 'Nothing was changed yet.',
  undo: {
    which: 'Say which change (its number in "lifeboat journal"), or --all.',
    related: (group: number) => `  (not part of this; lifeboat undo ${group})`,
    dangerous: '  (left out: --dangerous includes it)',
    leftAsIs: (what: string) => `${what}: left as it is.`,
  },
  sysctl: {
    unknown: (near: string | undefined) =>
      near === undefined
        ? 'Lifeboat knows no such setting. "lifeboat sysctl list" has those that it knows.'
        : `Lifeboat knows no such setting. Did you mean ${near}?`,
    nearCommand: (command: string) => `Did you mean "lifeboat sysctl ${command}"?`,
    range: (name: string, lowest: number, highest: number) =>
      `${name} is a whole number from ${lowest} to ${highest}.`,
    assignment: 'It must be NAME=VALUE.',
    noPreset: (near: string | undefined, ids: readonly string[]) =>
      `There is no such preset. ${near === undefined ? `There are ${ids.join(', ')}.` : `Did you mean ${near}?`}`,
    keptOnDisk: (file: string) => `Kept, also on disk: ${file}`,
    noLongerSets: (assignment: string, file: string) =>
      `${assignment} after the next boot: ${file} no longer sets it.`,
    alreadySo: (assignment: string) => `${assignment} after the next boot already: nothing was written.`,
    notKept: (name: string) => `Lifeboat keeps no value of ${name}: there is nothing to remove.`,
    forgotten: (name: string, file: string) => `${name} is no longer kept in ${file}`,
    unless: (source: string, later: string) => `${source}, unless ${later} sets it later`,
    computed: 'the kernel computes it',
    asOnDisk: 'Every setting is as the next boot would set it.',
    presetIsSet: (title: string) => `${title}: it is so already.`,
    sayWhat: 'Say what to set: NAME=VALUE, or --preset.',
    unreadable: (name: string) => `${name} cannot be read here. Say which value to keep: ${name}=VALUE.`,
  },
} as const;
