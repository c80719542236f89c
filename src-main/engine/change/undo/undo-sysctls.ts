import { fail, type Result } from '#shared/result.ts';
import { type JournalEntry } from '#shared/model/change.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl/specs.ts';
import { SYSCTL_NAMES, type SysctlName, type SysctlState } from '#shared/model/sysctl/sysctl.ts';

/** The file of sysctl.d that is Lifeboat's. */
const OWN_FILE = '/sysctl.d/90-lifeboat.conf';

/** What puts settings back. */
export interface SysctlUndo {
  readonly changes: readonly {
    readonly name: SysctlName;
    readonly value: number;
    readonly expected: number;
  }[];
  /** Entries that are left as they are, and why. */
  readonly left: ReadonlyMap<JournalEntry, Result<never>>;
}

/**
 * What takes back the settings of one click. They go together, since writing vm.overcommit_ratio clears vm.overcommit_kbytes and the other
 * way round: one after the other would never bring back a kbytes that was in force. Where one of the two has been changed since,
 * neither is ours. What has its old value already needs no write.
 */
export function planSysctlUndo(
  entries: readonly JournalEntry[],
  settings: readonly SysctlState[],
): SysctlUndo {
  const now = new Map(settings.map((state) => [state.spec.name, state.now]));
  const left = new Map<JournalEntry, Result<never>>();
  for (const entry of entries) {
    const name = nameOf(entry);
    const value = name === undefined ? undefined : now.get(name);
    if (value === undefined || entry.before === undefined) {
      left.set(entry, fail('not-ours', { what: 'journal', subject: entry.subject }));
    } else if (value.toString() !== entry.after && value.toString() !== entry.before) {
      left.set(entry, fail('changed-meanwhile', { what: 'not-ours', now: value }));
    }
  }
  for (const entry of entries) {
    const name = nameOf(entry);
    const partner = name === undefined ? undefined : SYSCTL_SPECS[name].clears;
    const lost = [...left].find(([other]) => other.subject === partner);
    if (lost !== undefined && !left.has(entry)) left.set(entry, lost[1]);
  }
  const changes = entries.flatMap((entry) => {
    const name = nameOf(entry);
    const expected = name === undefined ? undefined : now.get(name);
    if (left.has(entry) || name === undefined || expected === undefined) return [];
    return expected.toString() === entry.before ? [] : [{ name, value: Number(entry.before), expected }];
  });
  return { changes, left };
}

/** What Lifeboat keeps for the next boot; empty where it keeps nothing. */
export function keptBy(settings: readonly SysctlState[], name: string): string {
  const state = settings.find(({ spec }) => spec.name === name);
  const lines =
    state === undefined ? [] : [...(state.onDisk === undefined ? [] : [state.onDisk]), ...state.overridden];
  // A line for its partner (ratio and kbytes) makes it 0, and is no line of its own.
  return lines.find(({ file, sets }) => sets === undefined && file.endsWith(OWN_FILE))?.value ?? '';
}

/** Names come from the journal, a file: they are checked like everything from outside. */
function nameOf({ subject }: JournalEntry): SysctlName | undefined {
  return SYSCTL_NAMES.find((known) => known === subject);
}
