/** Sentences of the command line that belong to no subject: wrong arguments, questions, the server. */
export const terminal = {
  wholeNumber: (lowest: number, highest: number) => `It must be a whole number from ${lowest} to ${highest}.`,
  notEmpty: 'It must not be empty.',
  tooLong: (most: number) => `It must have at most ${most} characters.`,
  scope: 'It must be "global" or "cgroup:PATH".',
  dottedPath: 'The path of a cgroup may not hold "." or "..".',
  unknownCommand: (name: string, near: string | undefined) =>
    `error: unknown command '${name}'${near === undefined ? '' : `\n(Did you mean ${near}?)`}`,
  helpCommand: 'show help for a command',
  serve: {
    open: (address: string) =>
      `\nOpen ${address}\n(this machine only; the address works once; Ctrl-C ends it)`,
    allow: 'Let the page protect processes and change settings, as root where that is needed?',
    notAllowed: 'Nothing was started. Without --allow-changes the page shows everything and changes nothing.',
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
    placeThere: (place: number) => `; there it has place ${place}`,
  },
  rules: {
    none: (path: string) => `There are no rules in ${path}`,
    tooWide: 'too wide: not applied',
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
  keptCgroup: 'Kept, as long as the cgroup lives.',
  keptUntilReboot: 'Kept until the next boot. --on-disk keeps it after that.',
  reverted: 'Reverted.',
  notConfirmed: 'Not confirmed in time: reverted.',
  noChange: 'No change.',
  oneValue: 'Set one value at a time: each is previewed and reverts unless you keep it.',
  wouldKill: 'Without --may-kill nothing would be changed: more is in use than that.',
} as const;
