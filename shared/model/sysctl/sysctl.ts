import { type PlannedChange } from '../planned-change.ts';

/** The settings that Lifeboat tunes, and nothing else. */
export const SYSCTL_NAMES = [
  'vm.overcommit_memory',
  'vm.overcommit_ratio',
  'vm.overcommit_kbytes',
  'vm.panic_on_oom',
  'kernel.panic',
  'vm.oom_kill_allocating_task',
  'vm.oom_dump_tasks',
  'vm.swappiness',
  'vm.min_free_kbytes',
  'vm.admin_reserve_kbytes',
  'vm.user_reserve_kbytes',
] as const;
export type SysctlName = (typeof SYSCTL_NAMES)[number];

/** What the kernel accepts and starts with (Documentation/admin-guide/sysctl/{vm,kernel}.rst and the tables in mm/ and kernel/). */
export interface SysctlSpec {
  readonly name: SysctlName;
  readonly lowest: number;
  readonly highest: number;
  /** Compile-time default; absent where the kernel computes it at boot from the size of memory. */
  readonly default?: number;
  /** Setting this one to anything clears the other (ratio and kbytes). */
  readonly clears?: SysctlName;
  readonly document: string;
}

/** A value found in a configuration file. */
export interface OnDisk {
  readonly value: string;
  readonly file: string;
  readonly line: number;
  /** What the line names, where it is another setting that makes this one 0 (ratio and kbytes). */
  readonly sets?: SysctlName;
}

/**
 * Why a line counts for nothing: it begins with a byte order mark, is UTF-16, has no `=`, names no setting, has a value that the kernel refuses;
 * or its file does not end in .conf, is hidden, has the same name as one in an earlier folder, is /etc/sysctl.conf without a link, lies in a
 * folder that is not read; or nothing reads such files here.
 */
export type IgnoredReason =
  | 'byte-order-mark'
  | 'encoding'
  | 'not-an-assignment'
  | 'no-such-setting'
  | 'refused'
  | 'file-name'
  | 'hidden-file'
  | 'same-name'
  | 'not-linked'
  | 'folder'
  /** Below /run, which is emptied before the next boot. */
  | 'this-boot'
  | 'no-reader';

/** A line that is meant for a setting and counts for nothing. */
export interface IgnoredLine {
  readonly text: string;
  readonly file: string;
  readonly line: number;
  readonly reason: IgnoredReason;
  /** The file that hides it. */
  readonly by?: string;
}

/** Something that may set a setting after the files of the boot were read. */
export interface LaterSetter {
  readonly kind:
    'tuned' | 'kubelet' | 'udev' | 'unit' | 'cloud-init' | 'network' | 'tmpfiles' | 'cron' | 'wsl' | 'script';
  /** The profile, the unit, the process, or nothing where the file says it all. */
  readonly by?: string;
  readonly file?: string;
  readonly line?: number;
  /** The text that would be written; absent where it is not known before. */
  readonly value?: string;
}

/** What decides a setting at the next boot. `host`: this is a container, and its host sets them. */
export type BootDecider = 'files' | 'host';

/** One setting as it is. */
export interface SysctlState {
  readonly spec: SysctlSpec;
  /** Absent where it cannot be read. */
  readonly now?: number;
  /** The one that wins at boot, by the order of sysctl.d(5). */
  readonly onDisk?: OnDisk;
  /** Others that lose to it. */
  readonly overridden: readonly OnDisk[];
  /** Lines of /etc/sysctl.conf where systemd starts the machine and no link makes it read that file. */
  readonly unread: readonly OnDisk[];
  /** Lines that are meant for it and count for nothing, with the reason. */
  readonly ignored: readonly IgnoredLine[];
  /** What the next boot would set; absent where no file says and the kernel computes it, and in a container, whose host decides. */
  readonly afterBoot?: number;
  readonly decidedBy: BootDecider;
  /** Programs found on this machine that may set it later than the files. */
  readonly later: readonly LaterSetter[];
  /** The value now is not the one that the next boot would set. */
  readonly drifts: boolean;
  /** The file that decides was changed after this boot: its value was not applied. */
  readonly editedAfterBoot?: true;
}

/** A setting and the value requested for it. */
export interface SysctlChange {
  readonly name: SysctlName;
  readonly value: number;
}

/** What a change would bring, in this machine's numbers. `danger` breaks running programs or stops the machine. */
export interface SysctlEffect {
  readonly name: SysctlName;
  readonly weight: 'note' | 'warning' | 'danger';
  readonly fact: SysctlFact;
}

/** The facts behind the sentences; the words are in the catalogue. */
export type SysctlFact =
  | { readonly kind: 'no-change' }
  /** CommitLimit would become this; it counts in mode 2 only. */
  | {
      readonly kind: 'commit-limit';
      readonly beforeBytes: number;
      readonly afterBytes: number;
      readonly counts: boolean;
    }
  /** More has been promised than ordinary programs may reach (CommitLimit without the reserve for root): every new request fails at once. */
  | { readonly kind: 'breaks-at-once'; readonly chargeBytes: number; readonly limitBytes: number }
  /** The smallest ratio, or the swap to add, with which mode 2 would leave everything running. */
  | { readonly kind: 'safe-with'; readonly ratio?: number; readonly moreSwapBytes: number }
  | { readonly kind: 'headroom'; readonly leftBytes: number }
  /** No request is ever refused. */
  | { readonly kind: 'promises-everything' }
  /** One request may not exceed this. */
  | { readonly kind: 'refuses-obvious'; readonly mostBytes: number }
  /** The other of ratio and kbytes becomes 0. */
  | { readonly kind: 'clears'; readonly other: SysctlName; readonly from: number }
  /** The machine stops when memory is gone; `panicSeconds` 0 hangs, below 0 restarts at once. */
  | {
      readonly kind: 'panics';
      readonly alsoCgroups: boolean;
      readonly panicSeconds: number;
      readonly cgroupsWithLimit: number;
    }
  | { readonly kind: 'kills'; readonly next?: string }
  | { readonly kind: 'kills-allocating-task' }
  | { readonly kind: 'restarts-after'; readonly seconds: number }
  | { readonly kind: 'hangs' }
  | { readonly kind: 'no-task-list' }
  | { readonly kind: 'task-list' }
  | { readonly kind: 'swaps'; readonly value: number; readonly hasSwap: boolean }
  /** Kept free at all times; `share` of memory. */
  | { readonly kind: 'reserve'; readonly bytes: number; readonly share: number }
  /** Less than the kernel's own documents call safe. */
  | { readonly kind: 'too-little'; readonly bytes: number; readonly leastBytes: number }
  /** Outside of what this kernel takes: it answers EINVAL. */
  | { readonly kind: 'refused-by-kernel'; readonly lowest: number; readonly highest: number }
  /** The value does not count in the present mode. */
  | { readonly kind: 'counts-only-in-mode-2' }
  /** Another file would set it back at the next boot. */
  | {
      readonly kind: 'other-file-wins';
      readonly file: string;
      readonly value: string;
      /** What its line names, where it is another setting. */
      readonly sets?: SysctlName;
    }
  /** What lets a kept value win: these lines have to go, by this command. */
  | { readonly kind: 'way-out'; readonly lines: readonly OnDisk[]; readonly command: string }
  /** What the disk holds brings this at the next boot: mode 2, and hardly anything, or nothing, that may be promised. */
  | {
      readonly kind: 'boot-breaks';
      readonly chargeBytes: number;
      readonly limitBytes: number;
      readonly lines: readonly OnDisk[];
    }
  /** After the next boot the machine panics when memory runs out, and hangs. */
  | { readonly kind: 'boot-hangs'; readonly lines: readonly OnDisk[] }
  /** The next boot keeps that much free: programs hardly have any. */
  | {
      readonly kind: 'boot-starves';
      readonly bytes: number;
      readonly totalBytes: number;
      readonly lines: readonly OnDisk[];
    };

/** What the disk says of a setting that is kept for the next boot. */
export interface Kept {
  /** Lifeboat's file. */
  readonly file: string;
  /** The value that the next boot sets. */
  readonly afterBoot?: number;
  /** Whether the file has a line for it, no longer has one, or stays as it is. */
  readonly line?: 'written' | 'removed' | 'none';
}

/** The effect of setting some values, all together. */
export interface SysctlPreview extends PlannedChange {
  readonly changes: readonly SysctlChange[];
  readonly effects: readonly SysctlEffect[];
  /** What the next boot brings that is dangerous, were they kept on disk. */
  readonly atBoot: readonly SysctlEffect[];
  /** What the disk would say of each of them, were they kept; absent where one of them could not be. */
  readonly kept?: readonly Kept[];
}

/** What keeping a value for the next boot would do, or taking Lifeboat's own line away (no `value`). */
export interface SysctlKeepPreview extends PlannedChange {
  readonly name: SysctlName;
  readonly value?: number;
  readonly file: string;
  /** What the next boot brings then that is dangerous. */
  readonly effects: readonly SysctlEffect[];
  /** What the disk says afterwards. */
  readonly kept: Kept;
}

/** A named set of values. */
export interface SysctlPreset {
  readonly id: 'default' | 'never-promise-more' | 'reboot-after-oom';
  readonly changes: readonly SysctlChange[];
}

/** A change that reverts by itself unless it is kept. */
export interface PendingChange {
  readonly id: number;
  readonly changes: readonly { readonly subject: string; readonly before: string; readonly after: string }[];
  /** When the helper reverts to the old values, milliseconds since 1970 by this machine's clock. */
  readonly deadlineMs: number;
  readonly totalSeconds: number;
  /** What kind of values: settings can be kept on disk, cgroups belong to the program that made them. */
  readonly of: 'sysctls' | 'cgroup';
  /** What the next boot brings that is dangerous, were they kept on disk; absent where nothing is. */
  readonly atBoot?: readonly SysctlEffect[];
}
