import { type AdjIntent } from '#shared/model/change.ts';
import { PENDING_SECONDS } from '#shared/contract/helper.ts';
import { formatAdj, formatCount } from '#shared/format/count.ts';

/** The page's words for changing something. */
export const act = {
  protect: 'Protect',
  protectBehind: (n: number) => (n === 1 ? 'Protect: behind the next one' : `Protect: behind the next ${n}`),
  giveUp: 'Kill first',
  never: 'Never kill',
  byHand: 'Set a value',
  moreWays: 'More ways',
  protectOf: (name: string, pid: number) => `Protect ${name} ${pid}`,
  giveUpOf: (name: string, pid: number) => `Kill ${name} ${pid} first`,
  apply: 'Apply',
  applying: 'Writing…',
  notConnected: 'Not connected: nothing can be changed now.',
  cancel: 'Cancel',
  asking: 'Computing the effect…',
  panel: 'Effect of this change',
  after: 'Kill order after the change',
  wasPlace: (rank: number) => `was ${formatCount(rank)}`,
  newValue: 'oom_score_adj',
  needsRoot: 'Needs root. You may be asked for a password.',
  mayNeedRoot: (canAsk: boolean) =>
    canAsk
      ? 'May need root. You are then asked for a password.'
      : 'May need root, and Lifeboat cannot ask for it here.',
  noRoot: 'This is your own process: no root needed.',
  many: (count: number) => `and ${formatCount(count)} more`,
  target: 'For',
  /** The heading of a preview: it begins with what it is about. */
  previewOf: (who: string, intent: AdjIntent) => {
    switch (intent.kind) {
      case 'behind':
        return `${who}: protect, behind the next ${intent.n === 1 ? 'one' : formatCount(intent.n)}`;
      case 'later':
        return `${who}: protect, later`;
      case 'strong':
        return `${who}: protect, strong`;
      case 'never':
        return `${who}: never kill`;
      case 'first':
        return `${who}: kill first`;
      case 'adj':
        return `${who}: set oom_score_adj to ${formatAdj(intent.oomScoreAdj)}`;
    }
  },
  /** How strongly a process is protected, and what each means for long. */
  strength: 'How strongly',
  strengths: {
    later: {
      title: 'Later',
      meaning: (room: string | undefined) =>
        `Behind the next five, or all that can be passed${room === undefined ? '' : `, with room ${room}`}.`,
    },
    strong: { title: 'Strong', meaning: () => 'Killed only when little else is left.' },
    never: { title: 'Never kill', meaning: () => 'Exempt: the kernel panics rather than kill it.' },
  },
  /** Beside the place of a strength that would write nothing. */
  noChange: (place: string) => `${place}, no change`,
  chooseStrong: 'Choose Strong to keep it last.',
  computedAt: (time: string) => `Computed at ${time}. Checked again when you apply it.`,
  protectNamed: (name: string) => `Protect ${name}…`,
  toast: {
    applied: (count: number) =>
      count === 1 ? '1 process changed' : `${formatCount(count)} processes changed`,
    someFailed: (failed: number, count: number) =>
      `${formatCount(failed)} of ${formatCount(count)} could not be changed`,
    undone: (count: number) => (count === 1 ? '1 change undone' : `${formatCount(count)} changes undone`),
    left: (count: number) =>
      count === 1 ? '1 change left as it is' : `${formatCount(count)} changes left as they are`,
    notRecorded: 'The change could not be recorded, so it cannot be undone here.',
    kept: 'Kept for later starts',
    removed: { rule: 'Rule removed', 'drop-in': 'Drop-in removed' },
    failed: 'Nothing was changed',
    undo: 'Undo',
    keep: 'Keep for later starts…',
    list: 'Rules and protections',
    dismiss: 'Dismiss',
    region: 'What was done',
    unchangeable: (name: string) => `${name} cannot be changed`,
    chooseFirst: 'Choose a process first',
    chooseFirstHint: 'Arrow keys or j and k mark one in the list.',
  },
  lock: {
    name: 'Changes',
    label: 'Permission to make changes',
    unlock: 'Allow changes',
    command: 'In a terminal:',
    start: 'To allow changes, start Lifeboat with:',
  },
  inTerminal: 'It can still be done in a terminal:',
  onDisk: 'To keep it after reboot:',
} as const;

/** Changes that wait to be kept. */
export const pendingBar = {
  label: 'Change to confirm',
  title: (subject: string, after: string, before: string) => `${subject} is now ${after}, was ${before}`,
  keepCgroup: 'Keep',
  change: (subject: string, before: string, after: string) => `${subject} ${before} → ${after}`,
  /** Announced once for screen readers. */
  announce: (title: string, seconds: number) =>
    `${title}. Reverts in ${formatCount(seconds)} seconds unless you keep it.`,
  secondsLeft: (seconds: number) =>
    `${formatCount(seconds)} seconds left to keep the change. Key c goes to it.`,
  back: (seconds: number) => `Reverts in ${formatCount(seconds)} s, even if this window closes.`,
  /** While the pointer or the focus is there. */
  held: 'You get more time while you are here.',
  takeBack: 'Revert',
  keep: 'Keep until reboot',
  keepForGood: 'Keep after reboot',
  keepAnyway: 'Keep after reboot anyway: the next boot can fail',
  seconds: (seconds: number) => `${formatCount(seconds)} seconds left`,
} as const;

/** The view of what was changed. */
export const events = {
  title: 'Events',
  lead: 'What happened on this machine and what Lifeboat changed.',
  changes: 'Changes',
  loading: 'Reading the journal',
  failed: 'The journal cannot be read',
  empty: 'No changes yet.',
  emptyHint: 'Changes that you make with Lifeboat are listed here and can be undone.',
  undoAll: 'Undo changes…',
  undo: 'Undo…',
  undoOf: (what: string) => `Undo: ${what}`,
  more: 'Show older',
  columns: { when: 'When', what: 'What', values: 'From → to', who: 'Who', state: 'State' },
  table: 'Journal of changes',
} as const;

/** The view of settings. */
export const tuningView = {
  title: 'Tuning',
  loading: 'Reading the settings',
  failed: 'The settings cannot be read',
  presets: 'Presets',
  thisMachine: 'This machine',
  now: 'now',
  unreadable: 'cannot be read here',
  /** `vm.swappiness` by its own name, where the group is plain. */
  apply: (name: string, value: string) => `Set ${name.slice(name.indexOf('.') + 1)} to ${value}`,
  applyAll: (count: number) =>
    `Apply ${count === 2 ? 'both' : `all ${formatCount(count)}`}, reverts in ${PENDING_SECONDS} s`,
  anyway: (button: string, consequence: string) => `${button} anyway: ${consequence}`,
  changes: (count: number) => (count === 1 ? '1 change' : `${formatCount(count)} changes`),
  change: (subject: string, seen: string, value: string) => `${subject} ${seen} → ${value}`,
  together: 'Changes to apply',
  computing: 'Computing the effect…',
  forget: 'Discard',
  keepNow: (value: number) => `Keep ${value} for the next boot…`,
  keepPanel: 'Effect of keeping',
  keepButton: (value: number) => `Keep ${value} after reboot`,
  writesTo: (file: string) => `Written to ${file}, for the next boot:`,
  keptAlready: (file: string) => `${file} sets it already. Nothing is written.`,
  /** A line of the file, with what it was. */
  fileLine: (name: string, seen: string, value: string) =>
    value === ''
      ? `# removed: ${name} = ${seen}`
      : `${name} = ${value}${seen === '' || seen === value ? '' : `   # now ${seen}`}`,
  bootDanger: 'the next boot can fail',
  wouldChange: 'Effect',
  kept: (file: string) => `Written to ${file}.`,
  valueLabel: (name: string) => `New value of ${name}`,
} as const;
