import { type WslApplied, type WslReport, type WslSettingsFile } from '../model/wsl.ts';
import {
  commandLineApplied,
  isNewerThanStart,
  memoryApplied,
  processorsApplied,
  swapApplied,
} from './applied.ts';
import { type WslNote } from './notes.ts';

/**
 * The .wslconfig that WSL has most likely read: the only one, or of several the one whose memory the machine has. Undefined where that is not
 * known.
 */
export function fileInForce({ wslconfigs, machine }: WslReport): WslSettingsFile | undefined {
  const read = wslconfigs.filter(({ values }) => values !== undefined);
  if (read.length <= 1) return read[0];
  const fitting = read.filter(
    ({ values }) => values !== undefined && memoryApplied(values, machine) === 'yes',
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}

const KINDS = { yes: 'applied', no: 'not-applied', unknown: 'cannot-tell' } as const;
const STATES = { yes: 'good', no: 'warning', unknown: 'note' } as const;

/** Whether what stands in the file is what the machine has. */
export function appliedNotes({ machine }: WslReport, file: WslSettingsFile | undefined): readonly WslNote[] {
  if (file?.values === undefined) return [];
  const { path, values, changedMs } = file;
  const { memory, commandLine } = machine;
  const notes: WslNote[] = [];
  if (isNewerThanStart(changedMs, machine))
    notes.push({ kind: 'written-after-start', path, state: 'warning' });
  if (values.memoryBytes === undefined)
    notes.push({ kind: 'default-memory', path, totalBytes: memory?.totalBytes, state: 'good' });
  const add = (
    what: 'memory' | 'swap' | 'processors' | 'kernelCommandLine',
    applied: WslApplied | undefined,
    wanted: number | string | undefined,
    has: number | string | undefined,
  ) => {
    if (applied === undefined || wanted === undefined) return;
    notes.push({ kind: KINDS[applied], path, what, wanted, has, state: STATES[applied] });
  };
  add('memory', memoryApplied(values, machine), values.memoryBytes, memory?.totalBytes);
  const swap = swapApplied(values, machine);
  // That it is not there yet has a note of its own, and so has that there is none.
  if (swap !== 'starting' && !(swap === 'no' && memory?.swapTotalBytes === 0))
    add('swap', swap, values.swapBytes, memory?.swapTotalBytes);
  add('processors', processorsApplied(values, machine), values.processors, commandLine.processors);
  add('kernelCommandLine', commandLineApplied(values, machine), values.kernelCommandLine, undefined);
  return notes;
}
