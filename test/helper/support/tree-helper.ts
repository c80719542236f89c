/**
 * The helper on a built tree instead of the machine: the root is an argument of this program only, never of the real one. On SIGUSR2 it
 * appends the bytes that are in use to the file that the second argument names.
 */
import { appendFileSync } from 'node:fs';
import { runHelper } from '../../../src-main/helper/root/run.ts';

// What is garbage says nothing about what leaks: it is collected (--expose-gc) before what is left is told.
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  const file = process.argv[3];
  if (file !== undefined) appendFileSync(file, `${process.memoryUsage().heapUsed}\n`);
});

void runHelper({ root: process.argv[2] ?? '/no/such' }, 'test');
