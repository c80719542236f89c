import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseOomReports } from '#shared/kernel/oom-report/reader.ts';

const FIXTURE = join(import.meta.dirname, '../fixtures/journal/oom.journal.gz');
/** Shows messages alone: nothing is left of who sent them. */
const WITHOUT_SENDER = 'cat';
/** What cuts or moves what stands before a message. */
const OPTIONS = [[], ['--utc'], ['--no-hostname'], ['--catalog'], ['--all'], ['--dmesg']] as const;

const formats = formatsOfJournalctl();

function formatsOfJournalctl(): readonly string[] {
  try {
    return execFileSync('journalctl', ['-o', 'help'], { encoding: 'utf8' }).trim().split('\n');
  } catch {
    return [];
  }
}

describe.runIf(formats.length > 0)('a log that journalctl has printed (needs journalctl)', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lifeboat-journal-'));
    writeFileSync(join(folder, 'oom.journal'), gunzipSync(readFileSync(FIXTURE)));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  // Without journalctl one is left, so that the run says that it was left out.
  it.each(formats.length === 0 ? ['short'] : formats.filter((format) => format !== WITHOUT_SENDER))(
    'gives the one kill of the kernel in the form %s, and none of those that users claim',
    (format) => {
      for (const options of OPTIONS) {
        // --dmesg means this boot, and the fixture is of another.
        const boot = options[0] === '--dmesg' ? ['--boot=0'] : [];
        const args = ['--file', join(folder, 'oom.journal'), '--no-pager', '-o', format, ...options, ...boot];
        const text = execFileSync('journalctl', args, { encoding: 'utf8' });
        const reports = parseOomReports(text);
        expect(reports, options.join(' ')).toHaveLength(1);
        expect(reports[0]).toMatchObject({
          scope: 'global',
          trigger: { name: 'tunneld', pid: 3173, order: 0 },
          machine: { ramPages: 131_000, reservedPages: 9000, swapTotalKib: 0 },
          tasks: [
            { pid: 1201, name: 'a b) c', rssPages: 224 },
            { pid: 3173, name: 'tunneld', rssPages: 90_000 },
          ],
          kills: [{ pid: 3173, name: 'tunneld', anonRssKib: 359_000 }],
          reaped: [3173],
        });
      }
    },
  );
});
