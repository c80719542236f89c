import { compressedSwap, type ZramArea, type ZswapPool } from '#shared/kernel/compressed-swap.ts';
import { type CompressedSwap } from '#shared/model/memory.ts';
import { type KernelFiles, readParsed } from '../../proc/kernel-files.ts';
import { type Meminfo } from '../../proc/meminfo.ts';
import { readSwaps } from '../../proc/swaps.ts';
import { readZram } from '../../proc/zram.ts';

/** The areas and their compression change slowly: they are read again after so long. */
const EVERY_MS = 10_000;
/** zswap's own default, mm/zswap.c zswap_max_pool_percent. */
const POOL_PERCENT = 20;

/** Knows how much of free swap is memory again: swap on zram devices, and zswap in front of a disk. */
export class CompressedSwapReader {
  readonly #files: KernelFiles;
  #readMs = -Infinity;
  #zram: readonly ZramArea[] = [];
  #poolPercent: number | undefined;

  constructor(files: KernelFiles) {
    this.#files = files;
  }

  /** Undefined where all swap is on disk, there is none, or that cannot be read. */
  read(monotonicMs: number, meminfo: Meminfo): CompressedSwap | undefined {
    const { swapTotalBytes, swapFreeBytes, memTotalBytes, zswapUsedBytes, zswapDataBytes } = meminfo;
    if (swapTotalBytes === 0) return undefined;
    if (monotonicMs - this.#readMs >= EVERY_MS) {
      this.#readMs = monotonicMs;
      this.#zram = this.#readZram();
      this.#poolPercent = zswapUsedBytes === undefined ? undefined : this.#readPoolPercent();
    }
    const pool: ZswapPool | undefined =
      zswapUsedBytes === undefined || zswapDataBytes === undefined || this.#poolPercent === undefined
        ? undefined
        : {
            usedBytes: zswapUsedBytes,
            dataBytes: zswapDataBytes,
            mostBytes: (memTotalBytes * this.#poolPercent) / 100,
          };
    return compressedSwap(swapFreeBytes, this.#zram, pool);
  }

  #readZram(): readonly ZramArea[] {
    const swaps = readSwaps(this.#files);
    if (!swaps.ok) return [];
    return swaps.value.flatMap(({ path, sizeBytes, usedBytes }) => {
      const name = /^\/dev\/(zram\d+)$/.exec(path)?.[1];
      const stat = name === undefined ? undefined : readZram(this.#files, name);
      return stat?.ok === true ? [{ ...stat.value, freeBytes: sizeBytes - usedBytes }] : [];
    });
  }

  /** Undefined where zswap is off. */
  #readPoolPercent(): number | undefined {
    const parameter = (name: string) =>
      readParsed(`${this.#files.sys}/module/zswap/parameters/${name}`, (text) => text.trim());
    const enabled = parameter('enabled');
    if (!enabled.ok || enabled.value !== 'Y') return undefined;
    const percent = parameter('max_pool_percent');
    return percent.ok && /^\d{1,3}$/.test(percent.value) ? Number(percent.value) : POOL_PERCENT;
  }
}
