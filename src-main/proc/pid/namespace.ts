import { readlinkSync } from 'node:fs';
import { type KernelFiles, type Read, readFailure } from '../kernel-files.ts';

/** include/linux/proc_ns.h PROC_PID_INIT_INO: the first pid namespace has this inode on every Linux. */
const PROC_PID_INIT_INO = 0xeffffffc;

/**
 * Whether we are in the initial pid namespace, where every process has a pid. /proc/self/ns/pid: namespaces(7), fs/nsfs.c.
 *
 *     pid:[4026531836]
 */
export function readInInitialPidNamespace(files: KernelFiles): Read<boolean> {
  const path = `${files.proc}/self/ns/pid`;
  try {
    const inode = /^pid:\[(\d+)\]$/.exec(readlinkSync(path))?.[1];
    return inode === undefined
      ? { ok: false, why: 'malformed', path }
      : { ok: true, value: Number(inode) === PROC_PID_INIT_INO };
  } catch (error) {
    return readFailure(error, path);
  }
}
