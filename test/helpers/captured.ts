import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type KernelFiles } from '../../src-main/proc/kernel-files.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/proc', import.meta.url));
const ROOT = `${FIXTURES}/linux-6.18`;

/** The captured tree: see test/fixtures/proc/README.md. */
export const CAPTURED: KernelFiles = { proc: `${ROOT}/proc`, sys: `${ROOT}/sys`, etc: `${ROOT}/etc` };

/** Who is who in it. */
export const CAPTURED_PIDS = {
  kthreadd: 2,
  worker: 13,
  deadLeader: 5382,
  zombie: 5385,
  hostileName: 5386,
  title: 5387,
  idle: 5388,
  node: 5389,
} as const;

/** A file of another kernel, as it was pasted in a report. */
export function transcribed(name: string): string {
  return readFileSync(`${FIXTURES}/transcribed/${name}`, 'utf8');
}
