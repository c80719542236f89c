import { existsSync, readdirSync } from 'node:fs';
import { withDescriptor } from '../../proc/descriptors.ts';
import { type KernelFiles, type Read, readFailure, readText } from '../../proc/kernel-files.ts';
import { keepLastPid } from '../../proc/loadavg.ts';

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
  #listed: readonly number[] | undefined;

  constructor(files: KernelFiles) {
    this.#files = files;
    this.#lastPid = keepLastPid(files);
  }

  /** Fails when /proc cannot be listed. */
  look(): Read<Births> {
    const read = this.#lastPid.read();
    const now = read.ok ? read.value : undefined;
    // A pid is given out before /proc shows it (kernel/fork.c, copy_process(): alloc_pid(), then attach_pid()): each is looked for twice.
    const from = this.#before;
    this.#before = this.#last;
    this.#last = now;
    const span = from === undefined || now === undefined ? Infinity : now - from;
    const ahead = this.#listed;
    this.#listed = undefined;
    if (from !== undefined && span >= 0 && span <= MOST_PIDS) {
      const pids = Array.from({ length: span }, (_, index) => from + 1 + index);
      const born = pids.filter((pid) => this.#isProcess(pid));
      const everybody = ahead !== undefined;
      return { ok: true, value: { pids: everybody ? [...new Set([...ahead, ...born])] : born, everybody } };
    }
    const listed = listPids(this.#files);
    if (!listed.ok) {
      this.#last = undefined;
      return listed;
    }
    return { ok: true, value: { pids: listed.value, everybody: true } };
  }

  /** Lists everybody when it is time, for the next look: it takes long, and whoever is born after it has a pid that is looked for. */
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
