import { type ErrorCode, type Failure } from '../result.ts';

/** Root was not reached, or is gone: nothing else that needs it can be done either. */
const WITHOUT_ROOT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'elevation-none',
  'elevation-no-bus',
  'elevation-no-agent',
  'elevation-dismissed',
  'elevation-refused',
  'elevation-wsl-interop-off',
  'helper-missing',
  'helper-untrusted',
  'helper-version',
  'helper-silent',
  'helper-not-started',
  'helper-ended',
  'helper-garbled',
]);

/** Whether a failure means that root is out of reach. */
export function isWithoutRoot({ code }: Failure): boolean {
  return WITHOUT_ROOT.has(code);
}
