/**
 * Writes to the journal in the folder of its first argument as fast as it can, and says on stdout what was acknowledged, until it is killed
 * or refused.
 */
import { writeSync } from 'node:fs';
import { Journal } from '../../src-main/store/journal.ts';

const [folder = '', most = '1000000'] = process.argv.slice(2);
const opened = Journal.open({ folder, nowMs: Date.now, bootId: 'boot' });
if (!opened.ok) throw new Error(opened.error.code);
const { journal } = opened.value;
writeSync(1, 'ready\n');
for (let count = 0; count < Number(most); count += 1) {
  const record = {
    who: 'root',
    action: 'set-adj',
    subject: `process ${process.pid} ${count}`,
    before: '0',
    asked: 'x'.repeat(count % 400),
    state: 'pending',
  } as const;
  const added = journal.add([record, { ...record, subject: `second ${process.pid} ${count}` }]);
  if (!added.ok) {
    writeSync(1, `refused ${JSON.stringify(added.error)}\n`);
    break;
  }
  const ids = added.value.map(({ id }) => id);
  writeSync(1, `added ${ids.join(' ')}\n`);
  const updated = count % 3 === 0 ? journal.update(ids, { state: 'done', after: '5' }) : undefined;
  if (updated?.ok === true) writeSync(1, `done ${ids.join(' ')}\n`);
}
