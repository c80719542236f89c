import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { type HelperAnswer, type HelperEvent, type HelperHello } from '#shared/contract/helper.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl/specs.ts';
import { SYSCTL_NAMES } from '#shared/model/sysctl/sysctl.ts';
import { NODE_FLAGS } from '../../src-main/helper/client/program.ts';
import { hostileLine, Random } from '../helper/support/hostile-lines.ts';
import { changedPaths, HelperTree } from '../helpers/helper-tree.ts';
import { until } from '../helpers/until.ts';
import { type AttackOptions, type AttackReport, Tally } from './attack.ts';

const SOURCE = fileURLToPath(new URL('../helper/support/tree-helper.ts', import.meta.url));
/** Memory is looked at so often. */
const SAMPLES = 10;
const ANSWER_MS = 60_000;

/** All that any request may ever touch. Everything else in the tree has to stay as it is. */
const ALLOWED =
  /^(proc\/sys\/(vm|kernel)\/[a-z_]+|proc\/(50|51)\/oom_score_adj|etc\/sysctl\.d\/90-lifeboat\.conf|etc\/systemd\/system\/(a|a@b)\.service\.d(\/90-lifeboat\.conf)?|sys\/fs\/cgroup\/a\.slice(\/b)?\/memory\.[a-z._]+|var\/log\/lifeboat(\/helper\.log(\.1)?)?)$/;

/** What came of it, with the memory of the helper at each look. */
export interface LinesReport extends AttackReport {
  readonly rssKib: readonly number[];
  readonly heapBytes: readonly number[];
}

/**
 * Lines at the helper's input that no honest client would send, mixed with some that it might. Each is answered, nothing is written but what
 * may be, and within its range. The helper works on a built tree with links that lead out of it to a canary.
 */
export async function fuzzHelperLines({ count, seed }: AttackOptions): Promise<LinesReport> {
  const tree = builtTree();
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-fuzz-'));
  try {
    const program = await bundle(folder);
    const before = tree.snapshot();
    const tally = new Tally();
    const memory = await attack(tree, program, { count, seed }, tally);
    // What could not be reverted at once is the guard's, which goes on trying.
    await until(
      () => pendingIn(tree).length === 0,
      15_000,
      () => 'changes are registered',
    ).catch(() => undefined);
    for (const lost of losses(tree, before)) tally.lose(lost);
    return { ...tally.report(), ...memory };
  } finally {
    tree.remove();
    rmSync(folder, { recursive: true });
  }
}

async function attack(
  tree: HelperTree,
  program: string,
  { count, seed }: AttackOptions,
  tally: Tally,
): Promise<Pick<LinesReport, 'rssKib' | 'heapBytes'>> {
  const heapFile = `${program}.heap`;
  const child = spawn(process.execPath, [...NODE_FLAGS, '--expose-gc', program, tree.root, heapFile], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString('utf8')));
  let answers = 0;
  createInterface(child.stdout).on('line', (line) => {
    const message = JSON.parse(line) as HelperAnswer | HelperEvent | HelperHello;
    if (!('ok' in message)) return;
    answers += 1;
    tally.add(message.ok ? 'ok' : message.error.code);
    if (!message.ok && message.error.code === 'internal') tally.lose(`a bug: ${line}`);
  });
  const random = new Random(seed);
  const rssKib: number[] = [];
  const isOver = () => child.exitCode !== null;
  const sampleLines = Math.ceil(count / SAMPLES);
  for (let sent = 0; sent < count && !isOver();) {
    const batch: Buffer[] = [];
    const end = Math.min(count, sent + 500, (rssKib.length + 1) * sampleLines);
    while (sent < end) batch.push(hostileLine(random, ++sent), Buffer.from('\n'));
    if (!child.stdin.write(Buffer.concat(batch))) await once(child.stdin, 'drain');
    if (sent !== end || (end % sampleLines !== 0 && end !== count)) continue;
    await until(
      () => answers >= sent || isOver(),
      ANSWER_MS,
      () => `${answers} answers to ${sent} lines`,
    );
    child.kill('SIGUSR2');
    await until(
      () => heapIn(heapFile).length > rssKib.length || isOver(),
      ANSWER_MS,
      () => 'no heap figure',
    );
    if (!isOver()) rssKib.push(rssKibOf(child.pid ?? 0));
  }
  child.stdin.end();
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0 || complaints !== '') tally.lose(`it ended with ${String(code)}: ${complaints}`);
  if (answers !== count) tally.lose(`${answers} answers to ${count} lines`);
  return { rssKib, heapBytes: heapIn(heapFile) };
}

/**
 * Changes that are still registered. Those of vm.overcommit_ratio and vm.overcommit_kbytes are left out: in the kernel a write to one makes
 * the other 0, in a tree of files it does not, so that the way back cannot succeed there.
 */
function pendingIn(tree: HelperTree): readonly string[] {
  return [...tree.snapshot()]
    .filter(([path]) => path.startsWith('run/lifeboat/change.'))
    .filter(([, content]) => !content.includes('"vm.overcommit_'))
    .map(([path]) => path);
}

/** What was written that may not be. */
function losses(tree: HelperTree, before: ReadonlyMap<string, string>): readonly string[] {
  const changed = changedPaths(before, tree.snapshot());
  const pending = new Set(pendingIn(tree));
  const lost = changed
    .filter((path) => !ALLOWED.test(path))
    .filter((path) => !path.startsWith('run/lifeboat/change.') || pending.has(path))
    .map((path) => `${path} was changed`);
  for (const name of SYSCTL_NAMES) {
    const value = Number(tree.value(join('proc/sys', name.replace('.', '/'))));
    const { lowest, highest } = SYSCTL_SPECS[name];
    if (!(value >= lowest && value <= highest)) lost.push(`${name} is ${value}`);
  }
  for (const pid of [50, 51])
    if (!(Math.abs(Number(tree.value(`proc/${pid}/oom_score_adj`))) <= 1000))
      lost.push(`the value of ${pid}`);
  return lost;
}

/** Two processes, a thread, a thread of the kernel, process 1, two cgroups, and links that lead out. */
function builtTree(): HelperTree {
  const tree = new HelperTree();
  for (const pid of [1, 50, 51]) tree.addProcess({ pid, startTicks: 7 });
  tree.addProcess({ pid: 2, startTicks: 7, kernelThread: true });
  tree.addProcess({ pid: 60, startTicks: 7, threadOf: 50 });
  symlinkSync('50', tree.path('proc/61'));
  const files = {
    'memory.max': 'max\n',
    'memory.high': 'max\n',
    'memory.min': '0\n',
    'memory.low': '0\n',
    'memory.oom.group': '0\n',
    'memory.current': '4096000\n',
  };
  tree.addCgroup(2, 'a.slice', files);
  tree.addCgroup(2, 'a.slice/b', files);
  mkdirSync(tree.path('canary'));
  for (const name of ['file', ...Object.keys(files)]) writeFileSync(tree.path(`canary/${name}`), 'alive\n');
  symlinkSync('../../../canary', tree.path('sys/fs/cgroup/link'));
  symlinkSync('../../../canary', tree.path('etc/systemd/system/link.service.d'));
  for (const unit of ['a.service', 'a@.service', 'link.service'])
    tree.write(`usr/lib/systemd/system/${unit}`, '');
  tree.write('etc/passwd', 'root\n');
  tree.write('dev/kmsg', '');
  return tree;
}

/** Built as the real one is, so that it needs as much memory as that. */
async function bundle(outDir: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      target: 'node20.19',
      outDir,
      rolldownOptions: { input: { helper: SOURCE }, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  });
  return join(outDir, 'helper.cjs');
}

/** Bytes in use after each collection so far. */
function heapIn(path: string): readonly number[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean).map(Number) : [];
}

function rssKibOf(pid: number): number {
  return Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
