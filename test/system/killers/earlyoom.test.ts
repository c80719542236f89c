import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { earlyoomScale, earlyoomTriggers } from '#shared/killers/earlyoom.ts';
import { parseEarlyoomOptions } from '#shared/killers/earlyoom-options.ts';
import { triggerState } from '#shared/killers/trigger.ts';
import { readEarlyoom } from '../../../src-main/collect/killers/earlyoom.ts';
import { processIn, sampledTree } from '../../helpers/processes/process-sampler.ts';
import { unpackedPackage } from '../../helpers/unpacked-package.ts';
import { figuresIn, hasPrivateMachines, meminfoText, PRIVATE, type FakeMemory } from './private-machine.ts';

const files = hasPrivateMachines() ? unpackedPackage('earlyoom') : undefined;
const program = `${files ?? ''}/usr/bin/earlyoom`;

const OPTIONS: readonly (readonly string[])[] = [
  [],
  ['-m', '4,2'],
  ['-m2.5'],
  ['-M', '1048576'],
  ['-M', '838860,400000'],
  ['-m', '10', '-M', '838860,838860'],
  ['-s', '50'],
  ['-s', '100,90', '-m', '6'],
  ['-S', '524288'],
  ['-m', '20,1', '-S', '100000', '-s', '5'],
  ['-pdg', '--avoid', '-m 50', '-m', '3,7', '--pref=x'],
];
/** Around the lines of 2.5 to 20% of 16 GiB, and around those of 14 GiB. */
const AVAILABLE = [419_430, 671_088, 838_860, 838_861, 1_048_576, 1_468_006, 1_677_721, 1_677_722, 5_000_000];
/** Of 1 GiB; -1 is a machine without swap. */
const FREE_SWAP = [-1, 52_428, 104_857, 104_858, 524_288, 1_000_000];

interface Case {
  readonly args: readonly string[];
  readonly memory: FakeMemory;
}

const CASES = OPTIONS.flatMap((args, row): Case[] =>
  AVAILABLE.map((available, column) => {
    const found = FREE_SWAP[(row + column) % FREE_SWAP.length] ?? 0;
    // With -S it does not start without swap.
    const swapFree = found < 0 && args.includes('-S') ? 0 : found;
    const swap = swapFree < 0 ? { swapTotal: 0, swapFree: 0 } : { swapTotal: 2 ** 20, swapFree };
    return { args, memory: { available, anon: 14 * 2 ** 20 - available, ...swap } };
  }),
);

/** Each case with a memory of its own, through one round of earlyoom. Without a victim it would sleep for a second at its start. */
const SCRIPT = `touch meminfo; mount --bind meminfo /proc/meminfo
sleep 1000 & echo 900 > /proc/$!/oom_score_adj
mkfifo lines; exec 3<> lines
while read -r case; do
  while read -r line && [ "$line" != end ]; do echo "$line"; done > meminfo
  eval "exec $case" > lines 2>&1 3>&- & pid=$!
  # What the one before has said since does not count.
  did= started=
  while read -r line <&3; do
    case $line in
      'earlyoom '*) version=\${line#earlyoom } did=nothing started=1 ;;
      'low memory!'*) did=$line ;;
      'adaptive sleep time'*) [ -z "$started" ] || break ;;
      'Try '*) did=$line; break ;;
    esac
  done
  kill $pid; wait $pid
  echo "$did"
done
echo "$version"`;

describe.runIf(files !== undefined)('the real earlyoom (needs root, unshare and apt)', () => {
  let answers: readonly string[] = [];
  let version: string | undefined;
  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), 'lifeboat-earlyoom-'));
    const input = CASES.map(({ args, memory }) => {
      const command = [program, '--dryrun', '-d', '-r', '0', ...args].map((word) => `'${word}'`).join(' ');
      return `${command}\n${meminfoText(memory)}end\n`;
    });
    try {
      const options = {
        cwd: folder,
        input: input.join(''),
        encoding: 'utf8',
        timeout: 60_000,
        killSignal: 'SIGKILL',
      } as const;
      // The pid namespace ends with its first process, and with it all that is left.
      answers = execFileSync('unshare', [...PRIVATE, 'sh', '-c', SCRIPT], options)
        .trimEnd()
        .split('\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
    version = answers.at(-1)?.replace(/^v/, '');
  }, 90_000);

  it('says which version it is where Lifeboat reads it, without running it', () => {
    const { tree, sample } = sampledTree({
      processes: [{ pid: 5, name: 'earlyoom', cmdline: ['/usr/bin/earlyoom'] }],
    });
    tree.write('/usr/bin/earlyoom', readFileSync(program));
    expect(readEarlyoom(tree, processIn(sample(), 5)).version).toBe(version);
    expect(earlyoomScale(version)).toBeDefined();
  });

  it('acts when Lifeboat says so, by the same signal, for all options and memories', () => {
    const wrong = CASES.flatMap(({ args, memory }, index) => {
      const options = parseEarlyoomOptions(args) ?? expect.unreachable(args.join(' '));
      const figures = figuresIn(meminfoText(memory));
      const [term, kill] = earlyoomTriggers(figures, options, earlyoomScale(version)).map(triggerState);
      const said = kill === 'holds' ? 'SIGKILL' : term === 'holds' ? 'SIGTERM' : 'nothing';
      const answer = answers[index] ?? 'no answer';
      const did = /^low memory! at or below (SIGTERM|SIGKILL) limits/.exec(answer)?.[1] ?? answer;
      return said === did ? [] : [{ args, memory, said, did }];
    });
    expect(wrong).toEqual([]);
    expect(CASES.length).toBeGreaterThan(90);
  });
});
