/**
 * The helper on a built tree instead of the machine: the root is an argument of this program only, never of the real one. On SIGUSR2 it
 * appends the bytes that are in use to the file that the second argument names. With `guard` as the third it is the guard of such a helper.
 */
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AuditLog } from '../../../src-main/helper/root/audit-log.ts';
import { GUARD_NAME } from '../../../src-main/helper/root/guard/messages.ts';
import { runGuard } from '../../../src-main/helper/root/guard/run-guard.ts';
import { runHelper } from '../../../src-main/helper/root/run.ts';

const [, , root = '/no/such', file, role] = process.argv;
const tree = { root };
// Garbage says nothing about leaks: it is collected (--expose-gc) before the remaining heap is reported.
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  if (file !== undefined) appendFileSync(file, `${process.memoryUsage().heapUsed}\n`);
});

if (role === GUARD_NAME) runGuard(tree, new AuditLog(tree, 0));
else void runHelper(tree, 'test', { args: [fileURLToPath(import.meta.url), root, '/dev/null', GUARD_NAME] });
