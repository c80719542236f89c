import { formatBytes } from '../../../format/bytes.ts';
import { type WslMachine, type WslShare } from '../../../model/wsl.ts';

const GIB = 2 ** 30;

/** A sum in GiB without its unit. */
const gib = (bytes: number) => (bytes / GIB).toFixed(1);

/** The line of WSL on the first screen: who takes how much of the memory, and what Windows holds for it. */
export function wslHome({ version, memory, shares, isIsolated }: WslMachine): string | undefined {
  if (version === 1 || memory === undefined) return undefined;
  const { totalBytes, freeBytes, cacheBytes, returnedBytes } = memory;
  const named = shares.filter(({ name }) => name !== undefined);
  const rest = sum(shares.filter(({ name }) => name === undefined));
  const parts = named.map(({ name, memoryBytes }) => `${name ?? ''} ${gib(memoryBytes)}`);
  if (isIsolated) {
    if (rest > 0) parts.push(`other ${gib(rest)}`);
  } else {
    // Without cgroups of their own, only the whole is known.
    const used = Math.max(0, totalBytes - freeBytes - sum(named));
    parts.push(`${named.length === 0 ? 'all distributions' : 'all else'} ${gib(used)}`);
  }
  const use = `WSL 2: ${parts.join(', ')} of ${gib(totalBytes)} GiB.`;
  if (returnedBytes === undefined) return use;
  const held = totalBytes - returnedBytes;
  return `${use} Windows holds about ${formatBytes(held)} for it; ${gib(Math.min(cacheBytes, held))} of that is cache.`;
}

function sum(shares: readonly WslShare[]): number {
  return shares.reduce((total, { memoryBytes }) => total + memoryBytes, 0);
}
