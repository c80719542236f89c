/** All ways in which a request can fail that are normal life. Bugs throw. */
export type ErrorCode =
  | 'not-found'
  | 'process-gone'
  | 'kernel-thread'
  | 'scope-unknown'
  | 'scope-unlimited'
  | 'proc-unreadable'
  | 'port-unavailable'
  | 'bad-request'
  | 'unknown-request'
  | 'unauthorized'
  | 'disconnected'
  | 'internal'
  // Starting the helper.
  | 'elevation-none'
  | 'elevation-no-bus'
  | 'elevation-no-agent'
  | 'elevation-dismissed'
  | 'elevation-refused'
  | 'elevation-wsl-interop-off'
  | 'helper-missing'
  | 'helper-untrusted'
  | 'helper-version'
  | 'helper-silent'
  | 'helper-ended'
  // Changing something.
  | 'changes-not-allowed'
  | 'no-cap-sys-resource'
  | 'denied-by-system'
  | 'refused-target'
  | 'out-of-range'
  | 'changed-meanwhile'
  | 'read-back-differs'
  | 'would-kill'
  | 'change-unknown'
  | 'unit-unknown'
  | 'not-supported'
  | 'io-failed'
  // Remembering it.
  | 'journal-failed'
  | 'rules-broken'
  | 'settings-broken'
  | 'rule-too-wide'
  | 'not-ours';

/** A failure as a value: `message` says what is wrong, `hint` what to do. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly errno?: string;
}

/** What every request answers. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Failure };

/** A success. */
export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** A failure with its code and a sentence for people. */
export function fail(code: ErrorCode, message: string, extra: Omit<Failure, 'code' | 'message'> = {}) {
  return { ok: false, error: { code, message, ...extra } } as const satisfies Result<never>;
}

/** Closes a switch: does not compile while a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
}
