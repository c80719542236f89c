import { type AdjWish } from '#shared/model/change.ts';
import { formatAdj, formatCount } from '#shared/format/count.ts';

/** The page's words for changing something. */
export const act = {
  protect: 'Protect',
  protectBehind: (n: number) => (n === 1 ? 'Protect: behind the next one' : `Protect: behind the next ${n}`),
  giveUp: 'Let it go first',
  never: 'Never kill it',
  byHand: 'By hand',
  moreWays: 'More ways',
  protectOf: (name: string, pid: number) => `Protect ${name} ${pid}`,
  giveUpOf: (name: string, pid: number) => `Let ${name} ${pid} go first`,
  apply: 'Apply',
  applying: 'Writing…',
  cancel: 'Leave it',
  asking: 'Working out what that would do…',
  panel: 'What this would do',
  after: 'The order would be',
  wasPlace: (rank: number) => `was ${formatCount(rank)}`,
  newValue: 'oom_score_adj',
  needsRoot: 'Needs root: you may be asked for a password.',
  mayNeedRoot: (canAsk: boolean) =>
    canAsk
      ? 'May need root: then you are asked for a password.'
      : 'May need root, and nothing here can ask for it.',
  noRoot: 'It is your own process: this needs no root.',
  many: (count: number) => `and ${formatCount(count)} more`,
  whom: 'For',
  forWhom: (target: string) => `For ${target}`,
  wish: (wish: AdjWish) => {
    switch (wish.kind) {
      case 'behind':
        return wish.n === 1 ? 'Protect: behind the next one' : `Protect: behind the next ${wish.n}`;
      case 'never':
        return 'Protect: never';
      case 'first':
        return 'Let it go first';
      case 'adj':
        return `Set oom_score_adj to ${formatAdj(wish.oomScoreAdj)}`;
    }
  },
  toast: {
    applied: (count: number) =>
      count === 1 ? '1 process changed' : `${formatCount(count)} processes changed`,
    someFailed: (failed: number, count: number) =>
      `${formatCount(failed)} of ${formatCount(count)} could not be changed`,
    undone: (count: number) =>
      count === 1 ? '1 change taken back' : `${formatCount(count)} changes taken back`,
    left: (count: number) =>
      count === 1 ? '1 change is left as it is' : `${formatCount(count)} changes are left as they are`,
    notRecorded: 'It could not be recorded and cannot be undone from here.',
    kept: 'Kept for later starts too',
    failed: 'Nothing was changed',
    undo: 'Undo',
    keep: 'Keep for later starts',
    dismiss: 'Dismiss',
    region: 'What was done',
  },
  lock: {
    name: 'Changes',
    label: 'Whether changes are possible',
    unlock: 'Allow changes',
    command: 'Or in a terminal:',
    start: 'To allow them, start it with:',
  },
  inTerminal: 'In a terminal it can be done all the same:',
  onDisk: 'And for the next boot:',
} as const;

/** Changes that wait to be kept. */
export const pendingBar = {
  label: 'A change that waits',
  title: (subject: string, after: string, before: string) => `${subject} is ${after} now, was ${before}`,
  keepCgroup: 'Keep it',
  several: (count: number) => `${formatCount(count)} settings are changed`,
  back: (seconds: number) =>
    `It goes back by itself in ${formatCount(seconds)} ${seconds === 1 ? 'second' : 'seconds'}, even if this window dies.`,
  takeBack: 'Take back',
  keep: 'Keep until the next boot',
  keepForGood: 'Keep for good',
  seconds: (seconds: number) => `${formatCount(seconds)} seconds left`,
} as const;

/** The view of what was changed. */
export const events = {
  title: 'Events',
  lead: 'What happened here, what Lifeboat changed, and the way back.',
  changes: 'Changes',
  loading: 'Reading the journal',
  failed: 'The journal cannot be read',
  empty: 'Nothing has been changed yet.',
  emptyHint: 'Protect a process, or change a setting under Tuning: it is recorded here and can be undone.',
  undoAll: 'Undo everything',
  undo: 'Undo',
  undoOf: (what: string) => `Undo: ${what}`,
  more: 'Older ones',
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
  apply: (value: number) => `Apply ${value}`,
  applyAnyway: (value: number) => `Apply ${value} anyway…`,
  applyAll: (count: number) => (count === 1 ? 'Apply it' : `Apply all ${count}`),
  forget: 'Leave as it is',
  keepNow: (value: number) => `Keep ${value} for the next boot`,
  wouldChange: 'This would change',
  kept: (file: string) => `Written to ${file}.`,
  valueLabel: (name: string) => `New value of ${name}`,
} as const;
