import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Journal } from '../../src-main/store/journal.ts';
import { type Random } from '../fuzz/random.ts';

const WRITER = fileURLToPath(new URL('journal-writer.ts', import.meta.url));

/**
 * Starts a writer, kills it at a random moment, and gives what it had said by then. The moment is counted in what it has said, and then a
 * little later, so that a slow machine kills as deep in the work as a fast one.
 */
function killedWriter(folder: string, random: Random): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [WRITER, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines: string[] = [];
    const killAfterLines = 1 + random.below(20);
    const moreMs = random.below(2000) / 1000;
    const reader = createInterface({ input: child.stdout });
    reader.on('line', (line) => {
      lines.push(line);
      if (lines.length === killAfterLines) setTimeout(() => child.kill('SIGKILL'), moreMs);
    });
    child.once('error', reject);
    reader.once('close', () => {
      resolve(lines);
    });
  });
}

/**
 * Kills writers of one journal, one after the other; returns how many entries and changes to them were acknowledged. Throws where the
 * journal does not open, something acknowledged is not there, or a click is there by half.
 */
export async function killWriters(folder: string, rounds: number, random: Random) {
  const added = new Set<number>();
  const done = new Set<number>();
  for (let round = 0; round < rounds; round += 1) {
    for (const line of await killedWriter(folder, random)) {
      // The last line may be cut in the middle of a number: it had not been said then.
      const [, word, ...ids] = /^(added|done) (\d+) (\d+)$/.exec(line) ?? [];
      for (const id of ids) (word === 'added' ? added : done).add(Number(id));
    }
    check(folder, added, done);
  }
  return { added: added.size, done: done.size };
}

function check(folder: string, added: ReadonlySet<number>, done: ReadonlySet<number>): void {
  const opened = Journal.open({ folder, nowMs: Date.now, bootId: 'boot' });
  if (!opened.ok || opened.value.setAside !== undefined)
    throw new Error(`the journal does not open: ${JSON.stringify(opened)}`);
  const { journal } = opened.value;
  try {
    const page = journal.page({ limit: 1_000_000 });
    const entries = new Map((page.ok ? page.value : []).map((entry) => [entry.id, entry]));
    const lost = [...added].filter((id) => !entries.has(id));
    const undone = [...done].filter((id) => entries.get(id)?.state !== 'done');
    const halves = [...Map.groupBy(entries.values(), ({ group }) => group).values()].filter(
      ({ length }) => length !== 2,
    );
    if (lost.length + undone.length + halves.length > 0)
      throw new Error(`lost ${lost.join()}, not done ${undone.join()}, ${halves.length} clicks by half`);
  } finally {
    journal.close();
  }
}
