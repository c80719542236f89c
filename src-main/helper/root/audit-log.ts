import { closeSync, constants, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { safeJson } from '#shared/format/safe-text.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { attempt, inside, isRootsAlone, makePrivate, withFolder } from './files.ts';
import { type Tree } from './tree.ts';

const PARENT = '/var/log';
const FOLDER = 'lifeboat';
const FILE = 'helper.log';
/** Some 5,000 changes. With the one old file that is kept, the log takes twice that. */
const MOST_BYTES = 1 << 20;

/**
 * The helper's own record, one line of JSON each, for root alone: /var/log/lifeboat/helper.log. A file and not the journal, since the
 * helper also works where no journal is. A log that cannot be written stops nothing; it is said once, on standard error.
 */
export class AuditLog {
  readonly #tree: Tree;
  readonly #askedByUid: number;
  #complained = false;

  constructor(tree: Tree, askedByUid: number) {
    this.#tree = tree;
    this.#askedByUid = askedByUid;
  }

  /** Adds one line: the time, the helper, the user it works for, and the action. */
  record(what: Readonly<Record<string, unknown>>): void {
    const line = {
      time: new Date().toISOString(),
      helper: process.pid,
      askedByUid: this.#askedByUid,
      ...what,
    };
    const wrote = attempt(`${PARENT}/${FOLDER}/${FILE}`, () =>
      withFolder(`${this.#tree.root}${PARENT}`, (parent) => {
        makePrivate(parent, FOLDER);
        return withFolder(inside(parent, FOLDER), (folder) => append(folder, `${safeJson(line)}\n`));
      }),
    );
    if (wrote.ok || this.#complained) return;
    this.#complained = true;
    process.stderr.write(`lifeboat-helper: ${safeJson({ log: wrote.error })}\n`);
  }
}

/** On some systems /var/log belongs to a group. So what is found there is used only when it is root's. */
function append(folder: number, line: string): Result<void> {
  if (!isRootsAlone(folder)) return fail('refused-target', { what: 'log-folder' });
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
  const file = openSync(inside(folder, FILE), flags, 0o600);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.nlink !== 1) return fail('refused-target', { what: 'log-file' });
    writeSync(file, line);
    if (stat.size + line.length > MOST_BYTES) renameSync(inside(folder, FILE), inside(folder, `${FILE}.1`));
    return ok(undefined);
  } finally {
    closeSync(file);
  }
}
