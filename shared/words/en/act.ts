import { type AdjIntent } from '#shared/model/change.ts';
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
  whom: 'For',
  forWhom: (target: string) => `For ${target}`,
  intent: (intent: AdjIntent) => {
    switch (intent.kind) {
      case 'behind':
        return intent.n === 1 ? 'Protect: behind the next one' : `Protect: behind the next ${intent.n}`;
      case 'never':
        return 'Never kill';
      case 'first':
        return 'Kill first';
      case 'adj':
        return `Set oom_score_adj to ${formatAdj(intent.oomScoreAdj)}`;
    }
  },
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
    failed: 'Nothing was changed',
    undo: 'Undo',
    keep: 'Keep for later starts',
    dismiss: 'Dismiss',
    region: 'What was done',
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
  several: (count: number) => `${formatCount(count)} settings changed`,
  back: (seconds: number) => `Reverts in ${formatCount(seconds)} s, even if this window closes.`,
  takeBack: 'Revert',
  keep: 'Keep until reboot',
  keepForGood: 'Keep after reboot',
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
  undoAll: 'Undo everything',
  undo: 'Undo',
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
  apply: (value: number) => `Apply ${value}`,
  applyAnyway: (value: number) => `Apply ${value} anyway…`,
  applyAll: (count: number) => (count === 1 ? 'Apply it' : `Apply all ${count}`),
  forget: 'Discard',
  keepNow: (value: number) => `Keep ${value} for the next boot`,
  wouldChange: 'Effect',
  kept: (file: string) => `Written to ${file}.`,
  valueLabel: (name: string) => `New value of ${name}`,
} as const;
