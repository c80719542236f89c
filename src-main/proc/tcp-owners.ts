import { endianness } from 'node:os';
import { decimal } from './fields.ts';
import { readBytes, type KernelFiles, type Read } from './kernel-files.ts';

/** One end of a TCP connection over IPv4: `127.0.0.1` and a port. */
export interface TcpEnd {
  readonly address: string;
  readonly port: number;
}

/** A connection, seen from the socket whose owner is wanted: `near` is its own address. */
export interface TcpConnection {
  readonly near: TcpEnd;
  readonly far: TcpEnd;
}

/** A machine with 400,000 sockets; the line of one has 150 bytes. */
const MOST_BYTES = 64 << 20;
/** TCP_TIME_WAIT of include/net/tcp_states.h: the connection has ended, and its line names no owner. */
const TIME_WAIT = '06';

/**
 * The owner of the near socket of each connection: the real user id of the process that made it; in the order of `connections`. Undefined
 * where it is unknown: no such socket in this network namespace, or one that its program has closed. The kernel writes user 0 and inode 0
 * for every closed one, so that such a line never counts as root's.
 *
 * /proc/net/tcp and tcp6: net/ipv4/tcp_ipv4.c get_tcp4_sock(), net/ipv6/tcp_ipv6.c get_tcp6_sock(). A program that connects by an IPv6
 * socket to `::ffff:127.0.0.1` is in tcp6.
 *
 *       sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
 *        3: 0100007F:D431 0100007F:1E35 01 00000000:00000000 00:00000000 00000000  1000        0 81712 1 …
 */
export function readTcpOwners(
  files: KernelFiles,
  connections: readonly TcpConnection[],
): Read<readonly (number | undefined)[]> {
  const v4 = readTable(`${files.proc}/net/tcp`);
  if (!v4.ok) return v4;
  const v6 = readTable(`${files.proc}/net/tcp6`);
  return { ok: true, value: ownersIn(v6.ok ? v4.value + v6.value : v4.value, connections) };
}

function readTable(path: string): Read<string> {
  const bytes = readBytes(path, MOST_BYTES);
  return bytes.ok ? { ok: true, value: bytes.value.toString('latin1') } : bytes;
}

/**
 * The owners by the text of both tables, in the order of `connections`; undefined as well where sockets of two users claim to be that end. A
 * line may be there twice: the tables change between two reads of one file. The text is gone through once, however many are asked for: in a
 * flood of connections both are long.
 */
export function ownersIn(
  text: string,
  connections: readonly TcpConnection[],
): readonly (number | undefined)[] {
  const asked = connections.map(({ near, far }) =>
    [hexV4, hexMapped].map((hex) => `${hex(near)} ${hex(far)}`),
  );
  const found = new Map<string, Set<number>>(asked.flat().map((ends) => [ends, new Set()]));
  for (const line of linesOf(text)) {
    const owners = found.get(endsOfLine(line));
    const owner = owners === undefined ? undefined : ownerOfLine(line);
    if (owner !== undefined) owners?.add(owner);
  }
  return asked.map((ways) => {
    const [owner, ...others] = new Set(ways.flatMap((ends) => [...(found.get(ends) ?? [])]));
    return others.length === 0 ? owner : undefined;
  });
}

/** Both ends of a line, as the kernel writes them: what stands between its number and its state. */
function endsOfLine(line: string): string {
  const from = line.indexOf(': ') + 2;
  const middle = line.indexOf(' ', from);
  return line.slice(from, line.indexOf(' ', middle + 1));
}

function ownerOfLine(line: string): number | undefined {
  const fields = line.trim().split(/ +/);
  const uid = decimal(fields[7] ?? '');
  const inode = decimal(fields[9] ?? '');
  if (fields[3] === TIME_WAIT || Number.isNaN(uid) || Number.isNaN(inode) || inode === 0) return undefined;
  return uid;
}

function* linesOf(text: string): Generator<string> {
  for (let start = 0, end: number; start < text.length; start = end + 1) {
    end = text.indexOf('\n', start);
    if (end === -1) end = text.length;
    yield text.slice(start, end);
  }
}

/** The kernel prints the four bytes as one number of the processor's own order. */
function hexV4({ address, port }: TcpEnd): string {
  const bytes = address.split('.').map((byte) => hexOf(Number(byte), 2));
  return `${(endianness() === 'LE' ? bytes.reverse() : bytes).join('')}:${hexOf(port, 4)}`;
}

const MAPPED = endianness() === 'LE' ? '0000000000000000FFFF0000' : '00000000000000000000FFFF';

function hexMapped(end: TcpEnd): string {
  return `${MAPPED}${hexV4(end)}`;
}

function hexOf(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
