import { execFile } from 'node:child_process';

/** A program of systemd answers in some ten milliseconds, on a slow machine in seconds; where memory is short it may not answer at all. */
const TIMEOUT_MS = 8_000;

/** As whom a program runs, and with what in its environment besides PATH. */
export interface RunAs {
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
}

/** Runs a program of the system. */
export type RunProgram = (name: string, args: readonly string[], as?: RunAs) => Promise<string | undefined>;

/** What a program prints; undefined where it fails without printing anything, or does not end in time. */
export const runProgram: RunProgram = (name, args, { env = {}, ...as } = {}) => {
  const PATH = process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin';
  const options = {
    env: { PATH, LC_ALL: 'C', SYSTEMD_COLORS: '0', SYSTEMD_PAGER: '', ...env },
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
    maxBuffer: 4 * 1024 * 1024,
    ...as,
  } as const;
  return new Promise((resolve) => {
    execFile(name, [...args], options, (error, stdout) => {
      // Units that have ended meanwhile make systemctl fail, and the others are printed all the same.
      resolve(error !== null && stdout === '' ? undefined : stdout);
    });
  });
};
