import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAuxv } from '../../../../src-main/proc/pid/auxv.ts';
import { parseCgroupEvents } from '../../../../src-main/proc/cgroup/events.ts';
import { containerOf, unitOf } from '#shared/kernel/cgroup/names.ts';
import { parseLastPid } from '../../../../src-main/proc/loadavg.ts';
import { parseMeminfo } from '../../../../src-main/proc/meminfo.ts';
import { parseLimit } from '../../../../src-main/proc/cgroup/memory-cgroup.ts';
import { parseMemoryStat } from '../../../../src-main/proc/cgroup/memory-stat.ts';
import { hasLxcfsMeminfo, parseMountinfo, procOptions } from '../../../../src-main/proc/mountinfo.ts';
import { parseListCount } from '../../../../src-main/proc/online.ts';
import { parsePasswd } from '../../../../src-main/proc/passwd.ts';
import { parsePidCgroup } from '../../../../src-main/proc/cgroup/pid-cgroup.ts';
import { parseCmdline } from '../../../../src-main/proc/pid/cmdline.ts';
import { parsePidMaps } from '../../../../src-main/proc/pid/maps.ts';
import { parseOomScoreAdj } from '../../../../src-main/proc/pid/oom-score-adj.ts';
import { parseOomScore } from '../../../../src-main/proc/pid/oom-score.ts';
import { parsePagemap } from '../../../../src-main/proc/pid/pagemap.ts';
import { parsePidStat } from '../../../../src-main/proc/pid/stat.ts';
import { parsePidStatm } from '../../../../src-main/proc/pid/statm.ts';
import { parsePidStatus } from '../../../../src-main/proc/pid/status.ts';
import { parsePressure } from '../../../../src-main/proc/pressure.ts';
import { parseLimits } from '../../../../src-main/proc/pid/self-limits.ts';
import { parseSwaps } from '../../../../src-main/proc/swaps.ts';
import { parseSysctlLines } from '#shared/kernel/sysctl/lines.ts';
import { parseSysctl } from '../../../../src-main/proc/sysctl/value.ts';
import { ownersIn } from '../../../../src-main/proc/tcp-owners.ts';
import { parseIsWholeMap } from '../../../../src-main/proc/user-ids.ts';
import { parseVmstat } from '../../../../src-main/proc/vmstat.ts';
import { CAPTURED, CAPTURED_PIDS } from '../../../helpers/captured.ts';

const captured = (name: string, encoding: BufferEncoding = 'utf8') =>
  readFileSync(`${CAPTURED.proc}/${name}`, encoding);
const ofNode = (name: string) => captured(`${CAPTURED_PIDS.node}/${name}`);
const ofCgroup = (name: string) => readFileSync(`${CAPTURED.sys}/fs/cgroup/memory/${name}`, 'utf8');
const cpus = readFileSync(`${CAPTURED.sys}/devices/system/cpu/online`, 'utf8');
const passwd = readFileSync(`${CAPTURED.etc}/passwd`, 'utf8');
const mapping = '7ffd4c1e7000-7ffd4c208000 rw-p 00000000 00:00 0                          [stack]\n';
const swaps =
  'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/zram0                              partition\t8388604\t\t1024\t\t100\n';
const socket =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   0: 0100007F:1E61 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12345 1\n';

/** Each, with a real text for it. */
const PARSERS: Readonly<Record<string, readonly [parse: (text: string) => unknown, real: string]>> = {
  parseMeminfo: [parseMeminfo, captured('meminfo')],
  parseVmstat: [parseVmstat, captured('vmstat')],
  parsePressure: [parsePressure, captured('pressure/memory')],
  parsePidStat: [parsePidStat, ofNode('stat')],
  parsePidStatm: [parsePidStatm, ofNode('statm')],
  parsePidStatus: [(text) => parsePidStatus(text, 4096), ofNode('status')],
  parseOomScoreAdj: [parseOomScoreAdj, ofNode('oom_score_adj')],
  parseOomScore: [(text) => parseOomScore(Buffer.from(text), Buffer.byteLength(text)), ofNode('oom_score')],
  parseCmdline: [parseCmdline, ofNode('cmdline')],
  parsePidCgroup: [parsePidCgroup, ofNode('cgroup')],
  parsePidMaps: [parsePidMaps, mapping],
  containerOf: [containerOf, `/docker/${'4f6e'.repeat(16)}`],
  unitOf: [unitOf, '/system.slice/cron.service'],
  parseMountinfo: [
    (text) => {
      const mounts = parseMountinfo(text);
      return mounts === undefined ? undefined : [procOptions(mounts), hasLxcfsMeminfo(mounts)];
    },
    captured('self/mountinfo'),
  ],
  parseLimit: [(text) => parseLimit(text, 4096), ofCgroup('memory.limit_in_bytes')],
  parseMemoryStat: [parseMemoryStat, ofCgroup('memory.stat')],
  parseCgroupEvents: [parseCgroupEvents, ofCgroup('memory.oom_control')],
  parseSysctl: [parseSysctl, captured('sys/vm/swappiness')],
  parseSysctlLines: [parseSysctlLines, '-vm.swappiness = 10\nvm/panic_on_oom=1\n'],
  parseListCount: [parseListCount, cpus],
  parseIsWholeMap: [parseIsWholeMap, '         0          0 4294967295\n'],
  ownersIn: [
    (text) =>
      ownersIn(text, [{ near: { address: '127.0.0.1', port: 7777 }, far: { address: '0.0.0.0', port: 0 } }]),
    socket,
  ],
  parseLimits: [parseLimits, captured('self/limits')],
  parseLastPid: [parseLastPid, '0.20 0.18 0.12 1/80 11206\n'],
  parsePasswd: [parsePasswd, passwd],
  parseSwaps: [parseSwaps, swaps],
  parseAuxv: [(text) => parseAuxv(Buffer.from(text, 'latin1')), captured('self/auxv', 'latin1')],
  parsePagemap: [(text) => parsePagemap(Buffer.from(text, 'latin1')), '\x10\0\0\0\0\0\0\x81'.repeat(3)],
};
const REAL = Object.values(PARSERS).map(([, real]) => real);

/** A real text with a stretch of it replaced, doubled or cut: as near to the truth as nonsense comes. */
const damaged = (...texts: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom(...texts),
      fc.nat(),
      fc.nat({ max: 40 }),
      fc.string({ unit: 'binary', maxLength: 20, size: 'max' }),
    )
    .map(([text, place, length, replacement]) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + replacement + text.slice(at + length);
    });

describe('every parser', () => {
  it.each(Object.entries(PARSERS))('%s takes any text without failing', (_, [parse, real]) => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), damaged(...REAL), damaged(real)), (text) => {
        expect(() => parse(text)).not.toThrow();
      }),
      { numRuns: 90 },
    );
  });

  it.each(Object.entries(PARSERS))('%s gives no figure for malformed text', (_, [parse, real]) => {
    expect([undefined, [], {}, new Map()]).not.toContainEqual(parse(real));
    fc.assert(
      fc.property(damaged(real), (text) => {
        const notNumbers: string[] = [];
        JSON.stringify(parse(text), (key, value: unknown) => {
          if (Number.isNaN(value)) notNumbers.push(key);
          if (typeof value === 'bigint') return value.toString();
          return value instanceof Map ? [...(value as ReadonlyMap<unknown, unknown>)] : value;
        });
        expect(notNumbers).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
