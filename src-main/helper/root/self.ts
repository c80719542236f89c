import { HELPER_PROTOCOL, type HelperHello } from '#shared/contract/helper.ts';
import { ok } from '#shared/result.ts';
import { attempt, readStart, withControlFile } from './files.ts';
import { type Tree } from './tree.ts';

/** include/uapi/linux/capability.h. */
const CAP_SYS_RESOURCE = 24n;

/** What the helper says first. */
export function helloOf(tree: Tree, version: string): HelperHello {
  return {
    hello: 'lifeboat-helper',
    protocol: HELPER_PROTOCOL,
    version,
    askedByUid: askedByUid(process.env),
    sysResource: hasSysResource(tree),
  };
}

/** The user who asked, as pkexec(1) and sudo(8) name it. Without either it was started by root. */
export function askedByUid(environment: NodeJS.ProcessEnv): number {
  for (const uid of [environment['PKEXEC_UID'], environment['SUDO_UID']])
    if (uid !== undefined && /^\d{1,10}$/.test(uid)) return Number(uid);
  return process.getuid?.() ?? 0;
}

/** Root is not enough to lower oom_score_adj: containers often drop this capability. */
function hasSysResource(tree: Tree): boolean {
  const status = attempt('status', () => ok(readStart(`${tree.root}/proc/self/status`)));
  const effective = status.ok ? /^CapEff:\s*([0-9a-f]{1,16})$/m.exec(status.value)?.[1] : undefined;
  return effective !== undefined && ((BigInt(`0x${effective}`) >> CAP_SYS_RESOURCE) & 1n) === 1n;
}

/**
 * Keeps the OOM killer away from the helper while it lives: it has to take changes back when memory is gone. It is small and ends
 * with Lifeboat. Where the kernel does not allow it, it works without.
 */
export function stayAlive(tree: Tree): void {
  attempt('oom_score_adj', () =>
    withControlFile(`${tree.root}/proc/self/oom_score_adj`, (file) => file.write('-1000')),
  );
}

/** The last of what keepRoom() takes. It lies above the rest, so that the rest is not given back to the kernel. */
let lid: Buffer | undefined;

/**
 * Has malloc take 4 MiB from the kernel and keep them, untouched: under strict overcommit there is no more, and taking that back needs a
 * little. Chunks of 128 KiB or more would be given back at once.
 */
export function keepRoom(): void {
  for (let chunks = 0; chunks < 64; chunks++) Buffer.allocUnsafeSlow(64_000);
  lid ??= Buffer.allocUnsafeSlow(4096);
}
