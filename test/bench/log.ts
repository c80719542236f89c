import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OomReportReader } from '../../shared/kernel/oom-report/reader.ts';
import { collectGarbage } from '../../src-main/spare-memory.ts';
import { say } from './tools.ts';

/** How fast kernel logs are read, in MiB a second of CPU, and what that leaves in memory. */
export interface LogSpeed {
  /** A log of nothing but OOM reports. */
  readonly reports: number;
  /** One report in 2,000 lines of others, as it may be in a log of a troubled machine. */
  readonly ordinary: number;
  readonly growthMiB: number;
}

const MIB = 1 << 20;
const LOG_MIB = 48;
const RUNS = 5;
const ORDINARY_LINES = 2_000;
const ORDINARY = [
  'usb 1-1: new high-speed USB device number 7 using xhci_hcd',
  'IPv6: ADDRCONF(NETDEV_CHANGE): veth3f2a91c: link becomes ready',
  'audit: type=1400 audit(1700000000.123:45): apparmor="STATUS" operation="profile_load" profile="unconfined" name="docker-default" pid=812',
  'docker0: port 3(veth3f2a91c) entered blocking state',
  'perf: interrupt took too long (2519 > 2500), lowering kernel.perf_event_max_sample_rate to 79250',
];

/** Reads logs made of the real ones of the tests, line by line as they would come from a file. */
export function measureLog(): LogSpeed {
  say(`logs, ${LOG_MIB} MiB each ...`);
  const folder = join(import.meta.dirname, '../fixtures/oom-logs');
  const logs = readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const others = Array.from(
    { length: ORDINARY_LINES },
    (_, index) =>
      `[${(1000 + index / 3).toFixed(6).padStart(12)}] ${ORDINARY[index % ORDINARY.length] ?? ''}`,
  ).join('\n');
  const allReports = logs.join('\n');
  const oneIn2000 = logs.map((log) => `${others}\n${log}`).join('\n');
  read(allReports);
  const before = heapBytes();
  const reports = fastest(allReports);
  const ordinary = fastest(oneIn2000);
  return { reports, ordinary, growthMiB: (heapBytes() - before) / MIB };
}

function fastest(block: string): number {
  const times = Math.ceil((LOG_MIB * MIB) / Buffer.byteLength(block));
  const speeds = Array.from({ length: RUNS }, () => {
    const before = process.cpuUsage();
    for (let time = 0; time < times; time += 1) read(block);
    const { user, system } = process.cpuUsage(before);
    return (times * Buffer.byteLength(block)) / MIB / ((user + system) / 1e6);
  });
  return Math.max(...speeds);
}

function read(block: string): void {
  const reader = new OomReportReader();
  let count = 0;
  for (let at = 0; at < block.length;) {
    const newline = block.indexOf('\n', at);
    const end = newline < 0 ? block.length : newline;
    if (reader.push(block.slice(at, end)) !== undefined) count += 1;
    at = end + 1;
  }
  if (reader.end() !== undefined) count += 1;
  if (count === 0) throw new Error('no report was found');
}

function heapBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
