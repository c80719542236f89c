import { readdirSync, readlinkSync } from 'node:fs';
import { withDescriptor } from './descriptors.ts';
import { decimal } from './fields.ts';
import { readFailure, readText, type KernelFiles, type Read } from './kernel-files.ts';
import { readPidStat } from './pid/stat.ts';

/** A TCP socket that listens. */
export interface ListeningSocket {
  readonly port: number;
  /** The user who made it. */
  readonly uid: number;
  readonly inode: number;
}

/** The owner of a port. */
export interface PortOwner {
  readonly uid: number;
  /** The first process found that holds the socket; absent where the descriptors of its processes are not for us to read. */
  readonly process?: { readonly pid: number; readonly name: string };
}

/** TCP_LISTEN of include/net/tcp_states.h. */
const LISTEN = '0A';

/** The listening sockets of a text of /proc/net/tcp or tcp6; lines that are not as the kernel writes them are ignored. */
export function parseListeningSockets(text: string): readonly ListeningSocket[] {
  const found: ListeningSocket[] = [];
  for (const line of text.split('\n').slice(1)) {
    const fields = line.trim().split(/ +/);
    const port = parseInt(/^[0-9A-F]+:([0-9A-F]{4})$/.exec(fields[1] ?? '')?.[1] ?? '', 16);
    const uid = decimal(fields[7] ?? '');
    const inode = decimal(fields[9] ?? '');
    if (fields[3] === LISTEN && !Number.isNaN(port + uid + inode)) found.push({ port, uid, inode });
  }
  return found;
}

/**
 * /proc/net/tcp and tcp6: Documentation/networking/proc_net_tcp.rst, net/ipv4/tcp_ipv4.c get_tcp4_sock(). A socket of tcp6 that listens
 * on `::` takes the port of 127.0.0.1 as well.
 *
 *       sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
 *        0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 81712 1 …
 */
export function readListeningSockets(files: KernelFiles): Read<readonly ListeningSocket[]> {
  const v4 = readText(`${files.proc}/net/tcp`);
  if (!v4.ok) return v4;
  const v6 = readText(`${files.proc}/net/tcp6`);
  return {
    ok: true,
    value: [...parseListeningSockets(v4.value), ...(v6.ok ? parseListeningSockets(v6.value) : [])],
  };
}

/** The process that listens on a port; undefined when none in this network namespace does, or it cannot be found. */
export function findPortOwner(files: KernelFiles, port: number): PortOwner | undefined {
  const sockets = readListeningSockets(files);
  const socket = sockets.ok ? sockets.value.find((each) => each.port === port) : undefined;
  if (socket === undefined) return undefined;
  const pid = pidsOf(files).find((each) => holdsSocket(files, each, socket.inode));
  const stat = pid === undefined ? undefined : readPidStat(files, pid);
  return {
    uid: socket.uid,
    ...(stat?.ok === true && { process: { pid: stat.value.pid, name: stat.value.name } }),
  };
}

function pidsOf(files: KernelFiles): readonly number[] {
  return namesIn(files.proc)
    .map(decimal)
    .filter((pid) => !Number.isNaN(pid));
}

function holdsSocket(files: KernelFiles, pid: number, inode: number): boolean {
  const dir = `${files.proc}/${pid}/fd`;
  return namesIn(dir).some((name) => targetOf(`${dir}/${name}`) === `socket:[${inode}]`);
}

/** The names in a folder of /proc; none where it is gone or not for us. */
function namesIn(dir: string): readonly string[] {
  try {
    return withDescriptor(() => readdirSync(dir));
  } catch (error) {
    readFailure(error, dir);
    return [];
  }
}

function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch (error) {
    readFailure(error, link);
    return undefined;
  }
}
