import { type CgroupFile } from '../model/cgroup-change.ts';
import { type SeenProcess } from '../model/process.ts';
import { type SysctlName } from '../model/sysctl/sysctl.ts';
import { type Result } from '../result.ts';

/**
 * What the unprivileged side and the root helper say to each other: one JSON object a line over the helper's stdin and stdout. The helper
 * parses every line by hand and trusts nothing of it; these types are for both sides, checks are the helper's own.
 */
export const HELPER_PROTOCOL = 2;
/** No line is longer, in either direction. */
export const HELPER_LINE_BYTES = 16 * 1024;
/** Time without a message after which the helper ends, in milliseconds. */
export const HELPER_HEARTBEAT_MS = 30_000;
/** How long a dangerous change waits to be confirmed, unless asked otherwise. */
export const PENDING_SECONDS = 20;
/** How often a person may have its time again: WCAG 2.2.1 asks for ten times. After that it has to be decided. */
export const PENDING_EXTENSIONS = 10;

/** The first line of the helper. Success of starting it is judged by this line alone. */
export interface HelperHello {
  readonly hello: 'lifeboat-helper';
  readonly protocol: number;
  readonly version: string;
  /** The user who asked, by PKEXEC_UID or SUDO_UID; the helper's own uid otherwise. */
  readonly askedByUid: number;
  /** CAP_SYS_RESOURCE: without it oom_score_adj cannot be lowered. */
  readonly sysResource: boolean;
}

/** The closed set of verbs. `expected`: the value that the user saw; another one refuses the change (`changed-meanwhile`). */
export type HelperRequest =
  | { readonly verb: 'ping' }
  | {
      readonly verb: 'set-adj';
      /** A process that does not look as it was seen is not changed. */
      readonly process: SeenProcess;
      readonly oomScoreAdj: number;
      readonly expected?: number;
    }
  | {
      /** All or none; pending as one. */
      readonly verb: 'set-sysctls';
      readonly changes: readonly {
        readonly name: SysctlName;
        readonly value: number;
        readonly expected?: number;
      }[];
      readonly pendingSeconds?: number;
    }
  | { readonly verb: 'keep-sysctl'; readonly name: SysctlName; readonly value: number }
  | { readonly verb: 'forget-sysctl'; readonly name: SysctlName }
  | {
      readonly verb: 'keep-unit-adj';
      readonly unit: string;
      readonly oomScoreAdj: number;
      /** What was kept when the change was looked at, empty for nothing: another value is left alone. */
      readonly expected?: string;
    }
  | { readonly verb: 'forget-unit-adj'; readonly unit: string; readonly expected?: string }
  | {
      readonly verb: 'set-cgroup';
      /** Relative to the mount of the memory hierarchy. */
      readonly path: string;
      readonly file: CgroupFile;
      /** Bytes; for memory.oom.group 0 or 1. */
      readonly value: number | 'max';
      /** A limit below what is in use kills: only when the user has said so. */
      readonly mayKill?: boolean;
      readonly pendingSeconds?: number;
    }
  | { readonly verb: 'confirm'; readonly change: number }
  /** Starts the clock of a pending change again, while it waits; the answer has the new deadline, or the old one where it was extended often enough. */
  | { readonly verb: 'extend'; readonly change: number }
  | { readonly verb: 'revert'; readonly change: number }
  | { readonly verb: 'follow-kernel-log' };

export type HelperVerb = HelperRequest['verb'];

/** One line to the helper. Every line gets exactly one answer; one whose id cannot be read is answered with id 0. */
export interface HelperCall {
  /** From 1 on; the client counts up. */
  readonly id: number;
  readonly request: HelperRequest;
}

/** One value that was written: as read before, as asked, as read back. Empty where there is none: no such line or file. */
export interface Written {
  readonly subject: string;
  readonly before: string;
  readonly asked: string;
  readonly after: string;
}

/** The answer to a successful request. `pending` is there when the change reverts unless confirmed. */
export interface HelperValue {
  readonly written: readonly Written[];
  readonly pending?: { readonly change: number; readonly deadlineMs: number };
}

/** One answer a request, in order. */
export type HelperAnswer = { readonly id: number } & Result<HelperValue>;

/** What the helper says unasked. */
export type HelperEvent =
  /** A pending change is no longer in force: `after` is what was read back, also where another program has set another value. */
  | { readonly event: 'reverted'; readonly change: number; readonly written: readonly Written[] }
  /** The time of a change is up, but the system refuses the old value. The guard goes on trying; `reverted` comes once it is done. */
  | { readonly event: 'not-reverted'; readonly change: number; readonly written: readonly Written[] }
  /** A record of /dev/kmsg as it is, without control characters; from the oldest that the kernel still has. */
  | { readonly event: 'kernel-log'; readonly line: string };
