import { type AcceptedValues } from './effective.ts';
import { type NoEffect, type WslFinding } from './finding.ts';
import { type WslKey } from './keys.ts';

/** The first line of a key, which is the one that counts. */
export interface SeenKey {
  readonly key: string;
  readonly line: number;
  readonly wasRefused: boolean;
}

/** What safe mode sets, by key: the values that stand for what it sets anyway. */
const SAFE_MODE: Readonly<Record<string, (value: unknown) => boolean>> = {
  'wsl2.swap': (value) => value === 0n,
  'wsl2.guiApplications': (value) => value === false,
  'wsl2.nestedVirtualization': (value) => value === false,
  'wsl2.gpuSupport': (value) => value === false,
  'wsl2.hostFileSystemAccess': (value) => value === false,
  'wsl2.hardwarePerformanceCounters': (value) => value === false,
  'wsl2.virtio': (value) => value === false,
  'wsl2.virtiofs': (value) => value === false,
  'wsl2.networkingMode': (value) => value === 'none',
  'wsl2.kernel': (value) => value === '',
  'wsl2.kernelModules': (value) => value === '',
  'experimental.swiotlb': (value) => value === 0n,
};

/** Keys that WSL reads and then overrides: all that safe mode sets, and the file of a swap that is off. */
export function safeModeFindings(
  seen: ReadonlyMap<WslKey, SeenKey>,
  accepted: AcceptedValues,
): readonly WslFinding[] {
  const isSafe = accepted.get('wsl2.safeMode') === true;
  const hasNoSwap = isSafe || accepted.get('wsl2.swap') === 0n;
  const findings: WslFinding[] = [];
  for (const [known, { key, line, wasRefused }] of seen) {
    if (wasRefused) continue;
    const name = `${known.section}.${known.key}`;
    const value = accepted.get(name);
    const add = (why: NoEffect) => findings.push({ kind: 'no-effect', key, why, line });
    if (name === 'wsl2.swapFile' && hasNoSwap && value !== '') add(isSafe ? 'safe-mode' : 'no-swap');
    else if (isSafe && SAFE_MODE[name]?.(value) === false) add('safe-mode');
  }
  return findings;
}
