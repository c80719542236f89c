import { existsSync, readdirSync } from 'node:fs';
import { withDescriptor } from '../../proc/descriptors.ts';
import { type KernelFiles, type Read, readFailure, readText } from '../../proc/kernel-files.ts';
import { keepLastPid } from '../../proc/loadavg.ts';

/** Ticks between two full listings of /proc, whatever the last pid shows. */
const LIST_TICKS = 32;
/** Number of new pids above which it is cheaper to list all of /proc. */
const MOST_PIDS = 48;

/** Pids that may be new processes. */
export interface FoundPids {
  readonly pids: readonly number[];
  /** True when they are all that /proc lists, false when they are those given out since the last look. */
  readonly complete: boolean;
}

/**
 * Finds new processes by the pid that the kernel gave out last, since pids are given out in turn. Listing /proc costs 0.2 us of CPU for
 * each running process, and is done only when there are many new ones, or the pids have wrapped around.
 */
export class NewPids {
  readonly #files: KernelFiles;
  readonly #lastPid;
  #before: number | undefined;
  #last: number | undefined;
  #listed: readonly number[] | undefined;

  constructor(files: KernelFiles) {
    this.#files = files;
    this.#lastPid = keepLastPid(files);
  }

  /** Fails when /proc cannot be listed. */
  look(): Read<FoundPids> {
    const read = this.#lastPid.read();
    const now = read.ok ? read.value : undefined;
    // A pid is given out before /proc shows it (kernel/fork.c, copy_process(): alloc_pid(), then attach_pid()): each is looked up twice.
    const from = this.#before;
    this.#before = this.#last;
    this.#last = now;
    const span = from === undefined || now === undefined ? Infinity : now - from;
    const ahead = this.#listed;
    this.#listed = undefined;
    if (from !== undefined && span >= 0 && span <= MOST_PIDS) {
      const pids = Array.from({ length: span }, (_, index) => from + 1 + index);
      const fresh = pids.filter((pid) => this.#isProcess(pid));
      const complete = ahead !== undefined;
      return { ok: true, value: { pids: complete ? [...new Set([...ahead, ...fresh])] : fresh, complete } };
    }
    const listed = listPids(this.#files);
    if (!listed.ok) {
      this.#last = undefined;
      return listed;
    }
    return { ok: true, value: { pids: listed.value, complete: true } };
  }

  /** Lists /proc when it is time, for the next look: that takes long, and later processes have pids that are looked up anyway. */
  listAhead(seq: number): void {
    if (seq % LIST_TICKS !== LIST_TICKS - 1) return;
    const listed = listPids(this.#files);
    if (listed.ok) this.#listed = listed.value;
  }

  close(): void {
    this.#lastPid.close();
  }

  /** Threads have pids and folders as well, which /proc does not list. */
  #isProcess(pid: number): boolean {
    const path = `${this.#files.proc}/${pid}/status`;
    if (!existsSync(path)) return false;
    const status = readText(path);
    return status.ok && status.value.includes(`\nTgid:\t${pid}\n`);
  }
}

function listPids(files: KernelFiles): Read<number[]> {
  try {
    const pids: number[] = [];
    for (const name of withDescriptor(() => readdirSync(files.proc))) {
      const first = name.charCodeAt(0);
      if (first >= 0x31 && first <= 0x39) pids.push(Number(name));
    }
    return { ok: true, value: pids };
  } catch (error) {
    return readFailure(error, files.proc);
  }
}
