import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseNohangConf, type NohangConf, type NohangLine } from '#shared/killers/nohang-conf.ts';
import { nohangTriggers } from '#shared/killers/nohang.ts';
import { triggerState } from '#shared/killers/trigger.ts';
import { HOST_FILES } from '../../../src-main/proc/kernel-files.ts';
import { readMeminfo } from '../../../src-main/proc/meminfo.ts';
import { unpackedPackage } from '../../helpers/unpacked-package.ts';
import { figuresIn, hasPrivateMachines, meminfoText, PRIVATE, type FakeMemory } from './private-machine.ts';

const files = hasPrivateMachines() ? unpackedPackage('nohang') : undefined;
const PROGRAM = ['python3', '-u', '-W', 'ignore', `${files ?? ''}/usr/sbin/nohang`];
const released = (name: string) => readFileSync(`${files ?? ''}/etc/nohang/${name}`, 'utf8');

/** Lines of nohang.conf in the place of others. */
const EDITS: readonly Readonly<Record<string, string>>[] = [
  {
    soft_threshold_min_mem: '700 M',
    hard_threshold_min_mem: '12.5%',
    soft_threshold_min_swap: '300 M',
    zram_checking_enabled: 'True',
    soft_threshold_max_zram: '41.5 %',
    psi_checking_enabled: 'True',
    psi_metrics: 'some_avg60',
    psi_excess_duration: '7.5',
  },
  { soft_threshold_max_psi: '0.5' },
];

function edited(edits: Readonly<Record<string, string>>): string {
  let text = released('nohang.conf');
  for (const [key, value] of Object.entries(edits)) {
    text = text.replace(new RegExp(`^${key} .*$`, 'm'), `${key} = ${value}`);
  }
  return text;
}

describe.runIf(files !== undefined)('the real nohang (needs root, unshare, python3 and apt)', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lifeboat-nohang-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('reads its configuration as Lifeboat does, and refuses what Lifeboat takes for none', async () => {
    const meminfo = readMeminfo(HOST_FILES);
    const totalBytes = meminfo.ok ? meminfo.value.memTotalBytes : expect.unreachable();
    const texts = [released('nohang-desktop.conf'), ...EDITS.map(edited)];
    const checks = await Promise.all(texts.map((text, index) => check(join(folder, `${index}.conf`), text)));
    const said = texts.map((text) => {
      const conf = parseNohangConf(text);
      return conf === undefined ? 'refused' : checkOf(conf, totalBytes);
    });
    expect(checks).toEqual(said);
    expect(said.filter((each) => each === 'refused')).toHaveLength(1);
  });

  it('acts when Lifeboat says so, by the same signal', async () => {
    const text = edited({
      print_mem_check_results: 'True',
      min_mem_report_interval: '0',
      min_sleep: '0.05',
      max_sleep: '0.05',
      soft_threshold_min_mem: '10 %',
      hard_threshold_min_swap: '200000 M',
    });
    writeFileSync(join(folder, 'nohang.conf'), text);
    const conf = parseNohangConf(text) ?? expect.unreachable();
    const said = MEMORIES.map((memory) => {
      const figures = {
        ...figuresIn(meminfoText(memory)),
        countsArc: false,
        pressurePercent: 'unmeasured',
      } as const;
      const [soft, hard] = nohangTriggers({ ...figures, lastedSeconds: () => undefined }, conf).map(
        triggerState,
      );
      return hard === 'holds' ? 'SIGKILL' : soft === 'holds' ? 'SIGTERM' : 'nothing';
    });
    expect(await signalsOf(folder, MEMORIES)).toEqual(said);
    expect(new Set(said).size).toBe(3);
  });
});

/** What `nohang --check` makes of a configuration. */
async function check(path: string, text: string) {
  writeFileSync(path, text);
  const args = [...PROGRAM.slice(1), '--check', '--config', path];
  try {
    return checkedIn((await promisify(execFile)('python3', args)).stdout);
  } catch (error) {
    expect(String(error)).toMatch(/invalid config|duplication/);
    return 'refused';
  }
}

/** What decides in the output of `nohang --check`. */
function checkedIn(output: string) {
  const value = (key: string) => new RegExp(`^ +${key}: +(.*?)(?: sec)?$`, 'm').exec(output)?.[1]?.trim();
  return {
    zram: value('zram_checking_enabled'),
    psi: value('psi_checking_enabled'),
    path: value('psi_path'),
    seconds: Number(value('psi_excess_duration')),
    ...Object.fromEntries(
      ['soft', 'hard'].map((step) => [
        step,
        [
          value(`${step}_threshold_min_mem`),
          value(`${step}_threshold_max_zram`),
          Number(value(`${step}_threshold_max_psi`)),
        ],
      ]),
    ),
  };
}

/** The same of a configuration as Lifeboat reads it. */
function checkOf(conf: NohangConf, totalBytes: number) {
  const said = (flag: boolean) => (flag ? 'True' : 'False');
  const line = (each: NohangLine) => {
    const bytes = 'bytes' in each ? each.bytes : (each.percent / 100) * totalBytes;
    const percent = Math.round((bytes / totalBytes) * 1000) / 10;
    return `${Math.round(bytes / 2 ** 20)} MiB, ${Number.isInteger(percent) ? percent.toFixed(1) : percent} %`;
  };
  return {
    zram: said(conf.checksZram),
    psi: said(conf.checksPsi),
    path: conf.psiPath,
    seconds: conf.psiSeconds,
    soft: [line(conf.soft.minMem), line(conf.soft.maxZram), conf.soft.maxPsi],
    hard: [line(conf.hard.minMem), line(conf.hard.maxZram), conf.hard.maxPsi],
  };
}

const MIB = 1024;
/** Each with an available memory of its own, in whole MiB, by which its report is known: 16 GiB in all, soft at 1638.4 MiB, hard at 327.7. */
const MEMORIES: readonly FakeMemory[] = [
  { available: 1639 * MIB, swapTotal: 0, swapFree: 0 },
  { available: 1638 * MIB, swapTotal: 0, swapFree: 0 },
  { available: 1637 * MIB, swapTotal: 2 ** 20, swapFree: 104_858 },
  { available: 1636 * MIB, swapTotal: 2 ** 20, swapFree: 104_857 },
  { available: 328 * MIB, swapTotal: 0, swapFree: 0 },
  { available: 327 * MIB, swapTotal: 0, swapFree: 0 },
  // The line of hard is 200,000 KiB, whatever "M" means.
  { available: 326 * MIB, swapTotal: 2 ** 20, swapFree: 200_001 },
  { available: 325 * MIB, swapTotal: 2 ** 20, swapFree: 200_000 },
].map((memory) => ({ ...memory, anon: 2 ** 20 }));

/** What it decides for each memory in turn, in a pid namespace in which there is nothing to kill. */
async function signalsOf(folder: string, memories: readonly FakeMemory[]): Promise<readonly string[]> {
  const path = join(folder, 'meminfo');
  const show = (memory: FakeMemory | undefined) => {
    if (memory !== undefined) writeFileSync(path, meminfoText(memory), { flag: 'r+' });
  };
  writeFileSync(path, meminfoText(memories[0] ?? expect.unreachable()));
  const script = `mount --bind '${path}' /proc/meminfo && exec "$@"`;
  const command = [...PROGRAM, '--monitor', '--config', join(folder, 'nohang.conf')];
  const child = spawn('unshare', [...PRIVATE, 'sh', '-c', script, 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const signals: string[] = [];
  let output = '';
  try {
    for await (const chunk of child.stdout) {
      output += String(chunk);
      const signal = signalIn(output, (memories[signals.length]?.available ?? 0) / MIB);
      if (signal === undefined) continue;
      signals.push(signal);
      output = '';
      if (signals.length === memories.length) break;
      show(memories[signals.length]);
    }
  } finally {
    child.kill('SIGKILL');
  }
  return signals;
}

/** What it did between two reports of a memory; undefined before the second one. */
function signalIn(output: string, availableMib: number): string | undefined {
  const reports = [...output.matchAll(new RegExp(`MemAvail: +${availableMib} M`, 'g'))];
  const [first, second] = [reports[0]?.index, reports[1]?.index];
  if (first === undefined || second === undefined) return undefined;
  const between = output.slice(first, second);
  if (!between.includes('requires corrective actions')) return 'nothing';
  return between.includes('hard_threshold_min_mem') ? 'SIGKILL' : 'SIGTERM';
}
