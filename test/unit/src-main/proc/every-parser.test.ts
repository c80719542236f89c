import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAuxv } from '../../../../src-main/proc/auxv.ts';
import { containerOf, unitOf } from '../../../../src-main/proc/cgroup-names.ts';
import { parseMeminfo } from '../../../../src-main/proc/meminfo.ts';
import { parseLimit, parseMemoryStat } from '../../../../src-main/proc/memory-cgroup.ts';
import { hasLxcfsMeminfo, parseMountinfo, procOptions } from '../../../../src-main/proc/mountinfo.ts';
import { parseListCount } from '../../../../src-main/proc/online.ts';
import { parsePasswd } from '../../../../src-main/proc/passwd.ts';
import { parsePidCgroup } from '../../../../src-main/proc/pid-cgroup.ts';
import { parseCmdline } from '../../../../src-main/proc/pid-cmdline.ts';
import { parsePidMaps } from '../../../../src-main/proc/pid-maps.ts';
import { parseOomScoreAdj } from '../../../../src-main/proc/pid-oom-score-adj.ts';
import { parseOomScore } from '../../../../src-main/proc/pid-oom-score.ts';
import { parsePagemap } from '../../../../src-main/proc/pid-pagemap.ts';
import { parsePidStat } from '../../../../src-main/proc/pid-stat.ts';
import { parsePidStatm } from '../../../../src-main/proc/pid-statm.ts';
import { parsePidStatus } from '../../../../src-main/proc/pid-status.ts';
import { parsePressure } from '../../../../src-main/proc/pressure.ts';
import { parseLimits } from '../../../../src-main/proc/self-limits.ts';
import { parseSysctl } from '../../../../src-main/proc/sysctl.ts';
import { parseVmstat } from '../../../../src-main/proc/vmstat.ts';
import { CAPTURED, CAPTURED_PIDS } from '../../../helpers/captured.ts';

const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  parseMeminfo,
  parseVmstat,
  parsePressure,
  parsePidStat,
  parsePidStatm,
  parsePidStatus: (text) => parsePidStatus(text, 4096),
  parseOomScoreAdj,
  parseCmdline,
  parsePidCgroup,
  parsePidMaps,
  containerOf,
  unitOf,
  parseMountinfo: (text) => {
    const mounts = parseMountinfo(text);
    return mounts === undefined ? undefined : [procOptions(mounts), hasLxcfsMeminfo(mounts)];
  },
  parseLimit: (text) => parseLimit(text, 4096),
  parseMemoryStat,
  parseSysctl,
  parseListCount,
  parseLimits,
  parsePasswd,
  parseOomScore: (text) => parseOomScore(Buffer.from(text), Buffer.byteLength(text)),
  parseAuxv: (text) => parseAuxv(Buffer.from(text)),
  parsePagemap: (text) => parsePagemap(Buffer.from(text)),
};

const REAL = [
  ...['meminfo', 'vmstat', 'pressure/memory', 'self/mountinfo', 'self/limits'],
  ...['stat', 'status', 'statm', 'cgroup', 'cmdline'].map((name) => `${CAPTURED_PIDS.node}/${name}`),
].map((name) => readFileSync(`${CAPTURED.proc}/${name}`, 'utf8'));

/** A real file with a stretch of it replaced, doubled or cut: as near to the truth as nonsense comes. */
const damaged = fc
  .tuple(
    fc.constantFrom(...REAL),
    fc.nat(),
    fc.nat({ max: 40 }),
    fc.string({ unit: 'binary', maxLength: 20, size: 'max' }),
  )
  .map(([text, place, length, replacement]) => {
    const at = place % (text.length + 1);
    return text.slice(0, at) + replacement + text.slice(at + length);
  });

describe('every parser', () => {
  it.each(Object.entries(PARSERS))('%s takes any text without failing', (_, parse) => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), damaged), (text) => {
        expect(() => parse(text)).not.toThrow();
      }),
      { numRuns: 60 },
    );
  });

  it.each(Object.entries(PARSERS))('%s gives no figure that is none', (_, parse) => {
    fc.assert(
      fc.property(damaged, (text) => {
        const notNumbers: string[] = [];
        JSON.stringify(parse(text), (key, value: unknown) => {
          if (Number.isNaN(value)) notNumbers.push(key);
          return typeof value === 'bigint' ? value.toString() : value;
        });
        expect(notNumbers).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
