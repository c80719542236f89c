import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type HelperRequest } from '#shared/contract/helper.ts';
import { RawHelper } from '../helper/support/raw-helper.ts';
import { compile } from '../helpers/c-program.ts';
import { HelperTree } from '../helpers/helper-tree.ts';
import { type Attack, Tally } from './attack.ts';
import { randomFrom, type Random } from './random.ts';

const PROGRAM = fileURLToPath(new URL('../helper/support/tree-helper.ts', import.meta.url));

/** What is exchanged for a link while the helper works there: folders for the canary's, files for its file. */
const FOLDERS = [
  'etc/sysctl.d',
  'etc/systemd/system/a.service.d',
  'run/lifeboat',
  'var/log/lifeboat',
  'sys/fs/cgroup/a.slice',
];
const FILES = [
  'etc/sysctl.d/90-lifeboat.conf',
  'etc/systemd/system/a.service.d/90-lifeboat.conf',
  'proc/50/oom_score_adj',
  'proc/sys/vm/swappiness',
  'sys/fs/cgroup/a.slice/memory.max',
];

/**
 * Symbolic links that take the places of folders, then of files, while the helper works there. In /etc and /run only root could do that; the
 * helper does not rely on it. Nothing behind a link may be written to, made, or removed. Each request is answered.
 */
export const fuzzLinks: Attack = async ({ count, seed }) => {
  const tally = new Tally();
  const random = randomFrom(seed);
  const half = Math.ceil(count / 2);
  await attack(FOLDERS, 'canary', half, random, tally);
  await attack(FILES, 'canary/file', count - half, random, tally);
  return tally.report();
};

async function attack(
  paths: readonly string[],
  target: string,
  count: number,
  random: Random,
  tally: Tally,
): Promise<void> {
  const tree = new HelperTree();
  const thief = compile('link-thief');
  const helper = new RawHelper([], [PROGRAM, tree.root]);
  try {
    build(tree);
    const before = canary(tree);
    await helper.hello();
    await thief.start(...paths.flatMap((path) => [tree.path(path), tree.path(target)]));
    for (let n = 0; n < count; n += 1) {
      const answer = await Promise.race([helper.request(request(random)), helper.exited]);
      if (!('id' in answer)) {
        tally.lose(`the helper ended with ${String(answer.code)}: ${helper.stderr}`);
        break;
      }
      tally.add(answer.ok ? 'done' : answer.error.code);
      if (!answer.ok && answer.error.code === 'internal') tally.lose(JSON.stringify(answer.error));
    }
    thief.end();
    await helper.end();
    if (canary(tree) !== before) tally.lose(`behind the links there is now ${canary(tree)}`);
  } finally {
    thief.end();
    helper.child.kill('SIGKILL');
    tree.remove();
  }
}

function build(tree: HelperTree): void {
  tree.addProcess({ pid: 50, startTicks: 7 });
  tree.addCgroup(2, 'a.slice', { 'memory.max': 'max\n', 'memory.high': 'max\n', 'memory.current': '4096\n' });
  tree.write('usr/lib/systemd/system/a.service', '');
  for (const path of FILES.filter((each) => each.endsWith('.conf'))) tree.write(path, '');
  for (const path of ['run/lifeboat', 'var/log/lifeboat']) mkdirSync(tree.path(path), { mode: 0o700 });
  mkdirSync(tree.path('canary'));
  // What the helper would write to in a folder, and its name for a file.
  for (const name of ['file', '90-lifeboat.conf', 'helper.log', 'memory.max', 'memory.high', 'lock.1'])
    writeFileSync(tree.path(`canary/${name}`), 'alive\n');
}

/** All that is behind the links: names, contents, modes. */
function canary(tree: HelperTree): string {
  const folder = tree.path('canary');
  const files = readdirSync(folder).sort();
  return files
    .map((name) => {
      const path = `${folder}/${name}`;
      return `${name} ${statSync(path).mode.toString(8)} ${readFileSync(path, 'utf8').trim()}`;
    })
    .join(', ');
}

/** How process 50 of the tree looks. */
const LOOK = { name: 'a', uid: 1000, parentPid: 1, seenAtTicks: 8 };

function request(random: Random): HelperRequest {
  const value = random.below(100);
  return random.pick<HelperRequest>([
    { verb: 'keep-sysctl', name: 'vm.swappiness', value },
    { verb: 'forget-sysctl', name: 'vm.swappiness' },
    { verb: 'keep-unit-adj', unit: 'a.service', oomScoreAdj: value },
    { verb: 'forget-unit-adj', unit: 'a.service' },
    { verb: 'set-adj', process: { pid: 50, startTicks: 7, look: LOOK }, oomScoreAdj: value },
    { verb: 'set-sysctls', changes: [{ name: 'vm.swappiness', value }], pendingSeconds: 1 },
    { verb: 'set-cgroup', path: 'a.slice', file: 'memory.max', value: value << 20, pendingSeconds: 1 },
    { verb: 'set-cgroup', path: 'a.slice', file: 'memory.high', value: value << 20, pendingSeconds: 1 },
    { verb: 'revert', change: value },
  ]);
}
