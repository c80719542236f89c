import { compact } from '#shared/optional.ts';
import { type CompressedSwap, type MemoryState, type Pressure } from '#shared/model/memory.ts';
import { type KernelFiles, type Read } from '../../proc/kernel-files.ts';
import { keepMeminfo, type Meminfo } from '../../proc/meminfo.ts';
import { keepPressure } from '../../proc/pressure.ts';
import { keepSysctl } from '../../proc/sysctl/value.ts';
import { keepVmstat } from '../../proc/vmstat.ts';
import { CompressedSwapReader } from './compressed-swap.ts';

/** The machine's memory, with what only the next reading and the kernel model need. */
export interface MemoryReading {
  readonly state: MemoryState;
  readonly meminfo: Meminfo;
  readonly majorFaults?: number;
  /** Pages read back from swap since boot. */
  readonly swapInPages: number;
  readonly monotonicMs: number;
}

/** Reads the machine's memory again and again. */
export class MemoryReader {
  readonly #meminfo;
  readonly #vmstat;
  readonly #pressure;
  readonly #overcommit;
  readonly #compressed;

  constructor(files: KernelFiles) {
    this.#meminfo = keepMeminfo(files);
    this.#vmstat = keepVmstat(files);
    this.#pressure = keepPressure(files);
    this.#overcommit = keepSysctl(files, 'vm.overcommit_memory');
    this.#compressed = new CompressedSwapReader(files);
  }

  /** Reads meminfo, vmstat and pressure. Fails only without meminfo: everything else may be missing. */
  read(monotonicMs: number, previous: MemoryReading | undefined): Read<MemoryReading> {
    const meminfo = this.#meminfo.read();
    if (!meminfo.ok) return meminfo;
    const vmstat = this.#vmstat.read();
    const pressure = this.#pressure.read();
    const majorFaults = vmstat.ok ? vmstat.value.majorFaults : undefined;
    const oomKills = vmstat.ok ? vmstat.value.oomKills : undefined;
    const state: MemoryState = {
      ...memoryStateOf(
        meminfo.value,
        this.#overcommitMode(),
        pressure.ok ? pressure.value : undefined,
        this.#compressed.read(monotonicMs, meminfo.value),
      ),
      ...rateOf(majorFaults, monotonicMs, previous),
      ...(oomKills === undefined ? {} : { oomKills }),
    };
    return {
      ok: true,
      value: {
        state,
        meminfo: meminfo.value,
        ...(majorFaults === undefined ? {} : { majorFaults }),
        swapInPages: (vmstat.ok ? vmstat.value.swapInPages : undefined) ?? 0,
        monotonicMs,
      },
    };
  }

  /** Processes that the kernel killed since boot, in any scope; undefined where it does not count them. */
  readOomKills(): number | undefined {
    const vmstat = this.#vmstat.read();
    return vmstat.ok ? vmstat.value.oomKills : undefined;
  }

  close(): void {
    for (const file of [this.#meminfo, this.#vmstat, this.#pressure, this.#overcommit]) file.close();
  }

  #overcommitMode(): 0 | 1 | 2 {
    const mode = this.#overcommit.read();
    // Unreadable (a sandbox): the kernel's default.
    return mode.ok && (mode.value === 1 || mode.value === 2) ? mode.value : 0;
  }
}

function memoryStateOf(
  meminfo: Meminfo,
  mode: 0 | 1 | 2,
  pressure: Pressure | undefined,
  compressed: CompressedSwap | undefined,
): MemoryState {
  const { shmemBytes, swapTotalBytes, swapFreeBytes } = meminfo;
  // Cached counts tmpfs and shared memory, which the kernel cannot drop.
  const cacheBytes = Math.max(
    0,
    meminfo.cachedBytes + meminfo.buffersBytes + meminfo.slabReclaimableBytes - shmemBytes,
  );
  return {
    totalBytes: meminfo.memTotalBytes,
    freeBytes: meminfo.memFreeBytes,
    // Before 3.14 the kernel did not estimate it: free memory and what can be dropped.
    availableBytes: meminfo.memAvailableBytes ?? meminfo.memFreeBytes + cacheBytes,
    anonBytes: meminfo.anonBytes,
    shmemBytes,
    cacheBytes,
    commit: { chargeBytes: meminfo.committedBytes, limitBytes: meminfo.commitLimitBytes, mode },
    ...(swapTotalBytes === 0
      ? {}
      : { swap: compact({ totalBytes: swapTotalBytes, freeBytes: swapFreeBytes, compressed }) }),
    ...(pressure === undefined ? {} : { pressure }),
  };
}

function rateOf(
  majorFaults: number | undefined,
  monotonicMs: number,
  previous: MemoryReading | undefined,
): Pick<MemoryState, 'majorFaultsPerSecond'> {
  if (majorFaults === undefined || previous?.majorFaults === undefined) return {};
  const seconds = (monotonicMs - previous.monotonicMs) / 1000;
  return seconds > 0
    ? { majorFaultsPerSecond: Math.max(0, majorFaults - previous.majorFaults) / seconds }
    : {};
}
