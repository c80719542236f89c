import { existsSync } from 'node:fs';
import { fail, type Failure, type Result } from '#shared/result.ts';
import { parseFailure } from '#shared/failure/parse.ts';
import { isWithoutRoot } from '#shared/failure/without-root.ts';
import { quoted } from '#shared/format/terminal-command.ts';
import { type Rights } from '#shared/model/change.ts';
import { HOST_FILES, readText } from '../../proc/kernel-files.ts';
import { type Helper } from './helper.ts';
import { launch } from './launch.ts';
import { type Asks, type Method, type MethodFacts, methodFacts, planMethods } from './methods.ts';
import {
  commandAsRoot,
  copyCommand,
  HELPER_PLACES,
  type HelperFiles,
  type HelperPlaces,
  helperForRoot,
  ownHelper,
} from './program.ts';

export interface StartOptions {
  readonly asks: Asks;
  /**
   * The user knows that programs of the same user can change the helper, and starts it as root all the same: by sudo in a terminal only.
   * For development of Lifeboat.
   */
  readonly trustsOwnFiles?: boolean;
  /** What to paste into a terminal when no way works; by default this program under sudo. */
  readonly instead?: string;
  readonly places?: HelperPlaces;
  readonly facts?: MethodFacts;
}

/** include/uapi/linux/capability.h. */
const CAP_SYS_RESOURCE = 24n;

/** After these failures another way may still work; all others are a refusal, or would repeat themselves. */
const TRY_NEXT = new Set<Failure['code']>(['elevation-none', 'elevation-no-bus', 'elevation-no-agent']);

/**
 * Starts the helper by the first way that works. Call it only when the user has asked for something that needs it. The failure is that of
 * the best way, with what to do instead.
 */
export async function startHelper(options: StartOptions): Promise<Result<Helper>> {
  const facts = options.facts ?? methodFacts(options.asks);
  let first: Failure | undefined;
  for (const method of planMethods(facts)) {
    const files = filesFor(method, facts, options);
    const started = files.ok ? await launch(method, files.value.command) : files;
    if (started.ok) return started;
    first ??= started.error;
    if (!TRY_NEXT.has(started.error.code)) return withInstead(started.error, options);
  }
  return withInstead(isInteropOff(facts) ? interopOff() : (first ?? noWay(facts)), options);
}

/** Whether changes can be made, as far as is known without starting anything. */
export function rightsNow(options: StartOptions): Rights {
  const facts = options.facts ?? methodFacts(options.asks);
  if (facts.uid === 0) return { state: 'allowed', via: 'root', sysResource: hasSysResource() };
  let first: Failure | undefined;
  for (const method of planMethods(facts)) {
    const files = filesFor(method, facts, options);
    if (files.ok) {
      const command = [...method.prefix, ...files.value.command].map(quoted).join(' ');
      return { state: 'asks', method: method.via, command };
    }
    first ??= files.error;
    if (!TRY_NEXT.has(files.error.code))
      return { state: 'failed', error: first, command: insteadOf(first, options) };
  }
  const error = isInteropOff(facts) ? interopOff() : (first ?? noWay(facts));
  return { state: 'failed', error, command: insteadOf(error, options) };
}

/** What to start by a method, or why it would be of no use: asked before the start, and where it is only shown. */
function filesFor(method: Method, facts: MethodFacts, options: StartOptions): Result<HelperFiles> {
  return standsAgainst(method, facts) ?? helperFiles(method, options);
}

function helperFiles(method: Method, options: StartOptions): Result<HelperFiles> {
  const places = options.places ?? HELPER_PLACES;
  if (method.trust === undefined) return ownHelper(places);
  const knowingly = options.trustsOwnFiles === true && method.via === 'sudo' && method.asksPerson;
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  return helperForRoot(places, knowingly ? 'user' : method.trust, owner);
}

function hasSysResource(): boolean {
  const status = readText(`${HOST_FILES.proc}/self/status`);
  const effective = status.ok ? /^CapEff:\s*([0-9a-f]+)$/m.exec(status.value)?.[1] : undefined;
  return effective !== undefined && (BigInt(`0x${effective}`) & (1n << CAP_SYS_RESOURCE)) !== 0n;
}

/** What makes a way useless, as far as it shows without taking it. */
function standsAgainst(method: Method, { noNewPrivileges }: MethodFacts): Result<never> | undefined {
  if (!hasBus(method)) return fail('elevation-no-bus', {});
  // Windows gives root without a set-user-ID program.
  const needsSetuid = method.via === 'sudo' || method.via === 'pkexec';
  return needsSetuid && noNewPrivileges === true
    ? fail('elevation-none', { why: 'no-new-privileges' })
    : undefined;
}

/** pkexec cannot do without it. */
function hasBus({ via }: Method): boolean {
  return (
    via !== 'pkexec' ||
    existsSync('/run/dbus/system_bus_socket') ||
    existsSync('/var/run/dbus/system_bus_socket')
  );
}

function isInteropOff({ wsl }: MethodFacts): boolean {
  return wsl !== undefined && wsl.wslExe === undefined;
}

function interopOff(): Failure {
  return fail('elevation-wsl-interop-off', {}).error;
}

function noWay({ asks, sudo }: MethodFacts): Failure {
  if (asks === 'desktop') return fail('elevation-none', { why: 'no-pkexec' }).error;
  return fail('elevation-none', { why: sudo === undefined ? 'not-installed' : 'nobody-to-ask' }).error;
}

/** What to paste into a terminal instead; empty where there is nothing. */
function insteadOf({ code }: Failure, options: StartOptions): string {
  const places = options.places ?? HELPER_PLACES;
  return code === 'helper-untrusted' ? copyCommand(places) : (options.instead ?? commandAsRoot(places));
}

/** With the command that does by hand what could not be done, in those failures that have a place for it. */
function withInstead(error: Failure, options: StartOptions): Result<never> {
  const instead = insteadOf(error, options);
  if (instead === '' || !isWithoutRoot(error)) return { ok: false, error };
  return { ok: false, error: parseFailure({ ...error, facts: { ...error.facts, instead } }) ?? error };
}
