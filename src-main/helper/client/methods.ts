import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { type ElevationMethod } from '#shared/model/change.ts';
import { detectWsl } from '../../proc/surroundings.ts';
import { HOST_FILES, readText } from '../../proc/kernel-files.ts';
import { readWslConf } from '../../wsl/read-machine.ts';
import { windowsDrive } from '../../wsl/session.ts';
import { type TrustLevel } from './trust.ts';

/** Where a password may be asked for: the terminal that Lifeboat runs in, the desktop's own dialog, or none. */
export type Asks = 'terminal' | 'desktop' | 'none';

/** What a way to root depends on. */
export interface MethodFacts {
  readonly uid: number;
  readonly asks: Asks;
  /** Absolute paths; absent when not installed. */
  readonly pkexec?: string;
  readonly sudo?: string;
  /** `wslExe` is absent where Windows programs cannot be started. */
  readonly wsl?: { readonly distribution: string; readonly wslExe?: string };
  /** The kernel gives this process nothing that set-user-ID programs would (PR_SET_NO_NEW_PRIVS). */
  readonly noNewPrivileges?: true;
}

/** One way to start the helper. The helper's own command goes to the end of `prefix`. */
export interface Method {
  readonly via: Exclude<ElevationMethod, 'none'>;
  readonly prefix: readonly string[];
  /** Waits for a person, so the clock runs only afterwards. */
  readonly asksPerson: boolean;
  /** Undefined where Lifeboat is root itself: its code runs as root already. */
  readonly trust?: TrustLevel;
}

/** Fixed folders: a PATH of the user must not decide which pkexec asks for the password. The third is NixOS's. */
const FOLDERS = ['/usr/bin', '/bin', '/run/wrappers/bin', '/usr/local/bin'];

/**
 * The ways that can be tried, best first: root already; WSL, which asks for no password; in a terminal sudo, then pkexec; on a desktop
 * pkexec, then sudo where it asks nothing.
 */
export function planMethods(facts: MethodFacts): readonly Method[] {
  if (facts.uid === 0) return [{ via: 'root', prefix: [], asksPerson: false }];
  const { pkexec, sudo, wsl, asks } = facts;
  const methods: Method[] = [];
  if (wsl?.wslExe !== undefined) {
    const prefix = [wsl.wslExe, '-d', wsl.distribution, '-u', 'root', '-e'];
    methods.push({ via: 'wsl', prefix, asksPerson: false, trust: 'user' });
  }
  if (asks === 'terminal' && sudo !== undefined)
    methods.push({ via: 'sudo', prefix: [sudo, '--'], asksPerson: true, trust: 'root' });
  if (asks === 'terminal' && pkexec !== undefined)
    methods.push({ via: 'pkexec', prefix: [pkexec], asksPerson: true, trust: 'root' });
  if (asks === 'desktop' && pkexec !== undefined)
    methods.push({
      via: 'pkexec',
      prefix: [pkexec, '--disable-internal-agent'],
      asksPerson: true,
      trust: 'root',
    });
  if (asks !== 'terminal' && sudo !== undefined)
    methods.push({ via: 'sudo', prefix: [sudo, '-n', '--'], asksPerson: false, trust: 'root' });
  return methods;
}

/** What this machine has. */
export function methodFacts(asks: Asks): MethodFacts {
  const pkexec = findProgram('pkexec');
  const sudo = findProgram('sudo');
  const distribution = process.env['WSL_DISTRO_NAME'];
  const isWsl = distribution !== undefined && detectWsl(HOST_FILES) !== undefined;
  const isOn = isWsl && isInteropOn() && !readWslConf(HOST_FILES).isInteropOff;
  const wslExe = isOn ? findWslExe() : undefined;
  return {
    uid: process.getuid?.() ?? 0,
    asks,
    ...(pkexec === undefined ? {} : { pkexec }),
    ...(sudo === undefined ? {} : { sudo }),
    ...(isWsl ? { wsl: { distribution, ...(wslExe === undefined ? {} : { wslExe }) } } : {}),
    ...(hasNoNewPrivileges() ? { noNewPrivileges: true } : {}),
  };
}

function hasNoNewPrivileges(): boolean {
  const status = readText(`${HOST_FILES.proc}/self/status`);
  return status.ok && /^NoNewPrivs:\s*1$/m.test(status.value);
}

function findProgram(name: string): string | undefined {
  return FOLDERS.map((folder) => `${folder}/${name}`).find(isExecutable);
}

/** The kernel starts Windows programs through binfmt_misc: the entry has to be there and on. */
function isInteropOn(): boolean {
  const folder = '/proc/sys/fs/binfmt_misc';
  const entries = existsSync(folder) ? readdirSync(folder) : [];
  return entries
    .filter((name) => name.startsWith('WSLInterop'))
    .some((name) => readFileSync(`${folder}/${name}`, 'utf8').startsWith('enabled'));
}

/** On PATH unless wsl.conf says otherwise; else where it mounts the C: drive. */
function findWslExe(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), `${windowsDrive(HOST_FILES)}/Windows/System32`];
  return folders.map((folder) => `${folder}/wsl.exe`).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
