import { type WslMachine, type WslSettingsFile } from '../model/wsl.ts';
import { SWAP_COMES_WITHIN_SECONDS } from './applied.ts';
import { type NoSwap, type WslNote } from './notes.ts';

/** Why there is no swap, where there is none. */
export function swapNotes(
  { memory, upSeconds }: WslMachine,
  file: WslSettingsFile | undefined,
): readonly WslNote[] {
  if (memory === undefined || memory.swapTotalBytes > 0) return [];
  const path = file?.values?.swapFile;
  const why = whyNone(file, upSeconds);
  const state = why === 'path' || why === 'unknown' ? 'warning' : 'note';
  return [path === undefined ? { kind: 'no-swap', why, state } : { kind: 'no-swap', why, path, state }];
}

function whyNone(file: WslSettingsFile | undefined, upSeconds: number | undefined): NoSwap {
  const values = file?.values;
  if (values?.safeMode === true) return 'safe-mode';
  if (values?.swapBytes === 0) return 'set-so';
  if (upSeconds !== undefined && upSeconds < SWAP_COMES_WITHIN_SECONDS) return 'starting';
  return values?.swapFile === undefined ? 'unknown' : 'path';
}
