import { existsSync, readdirSync } from 'node:fs';
import { type KernelFiles, type Read, readFailure, readText } from '../proc/kernel-files.ts';
import { keepLastPid } from '../proc/loadavg.ts';

/** Everybody is listed anew once in so many ticks, whatever the kernel says of births. */
const LIST_TICKS = 32;
/** Of more pids than that it is cheaper to list all of /proc. */
const MOST_PIDS = 48;

/** Who is to be looked for. */
export interface Births {
  readonly pids: readonly number[];
  /** True when they are all that /proc lists, false when they are those who may have been born since. */
  readonly everybody: boolean;
}

/**
 * Tells who was born: by the pid that the kernel gave out last, since pids are given out in turn. To list /proc costs 0.2 us of CPU for
 * everybody who runs, and is left for when many were born, or the pids began again.
 */
export class BirthWatch {
  readonly #files: KernelFiles;
  readonly #lastPid;
  #before: number | undefined;
  #last: number | undefined;

  constructor(files: KernelFiles) {
    this.#files = files;
    this.#lastPid = keepLastPid(files);
  }

  /** Fails when /proc cannot be listed. */
  look(seq: number): Read<Births> {
    const read = this.#lastPid.read();
    const now = read.ok ? read.value : undefined;
    // A pid is given out before /proc shows it (kernel/fork.c, copy_process(): alloc_pid(), then attach_pid()): each is looked for twice.
    const from = this.#before;
    this.#before = this.#last;
    this.#last = now;
    const span = from === undefined || now === undefined ? Infinity : now - from;
    if (from !== undefined && span >= 0 && span <= MOST_PIDS && seq % LIST_TICKS !== 0) {
      const pids = Array.from({ length: span }, (_, index) => from + 1 + index);
      return { ok: true, value: { pids: pids.filter((pid) => this.#isProcess(pid)), everybody: false } };
    }
    const listed = listPids(this.#files);
    if (!listed.ok) {
      this.#last = undefined;
      return listed;
    }
    return { ok: true, value: { pids: listed.value, everybody: true } };
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
    for (const name of readdirSync(files.proc)) {
      const first = name.charCodeAt(0);
      if (first >= 0x31 && first <= 0x39) pids.push(Number(name));
    }
    return { ok: true, value: pids };
  } catch (error) {
    return readFailure(error, files.proc);
  }
}
