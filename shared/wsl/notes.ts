import { type DoctorState } from '../contract/doctor.ts';
import {
  type BusyProcess,
  type WslInterop,
  type WslReclaim,
  type WslReport,
  type WslSettingsFile,
} from '../model/wsl.ts';
import { appliedNotes, fileInForce } from './applied-notes.ts';
import { type WslFinding } from './finding.ts';
import { swapNotes } from './swap-notes.ts';

/** Why there is no swap. */
export type NoSwap = 'starting' | 'safe-mode' | 'set-so' | 'path' | 'unknown';

/** Facts that a person on WSL should know; the catalogue has the sentences. */
export type WslNoteFacts =
  | { readonly kind: 'wsl1' }
  | {
      readonly kind: 'held';
      readonly heldBytes: number;
      readonly cacheBytes: number;
      /** Free for Linux, in blocks too small for Windows. */
      readonly scatteredBytes: number;
      readonly blockBytes: number;
    }
  | {
      readonly kind: 'others-use';
      readonly bytes: number;
      readonly dockerBytes: number;
      readonly isShare: boolean;
    }
  | {
      readonly kind: 'reclaim';
      readonly mode: 'gradual' | 'dropCache' | 'disabled';
      readonly how: WslReclaim;
    }
  | { readonly kind: 'never-idle'; readonly busy: readonly BusyProcess[]; readonly limitPercent: number }
  | { readonly kind: 'psi-off' }
  | { readonly kind: 'mistakes'; readonly path: string; readonly findings: readonly WslFinding[] }
  | { readonly kind: 'no-file'; readonly totalBytes: number | undefined }
  | { readonly kind: 'default-memory'; readonly path: string; readonly totalBytes: number | undefined }
  | { readonly kind: 'unreadable'; readonly path: string; readonly why: 'denied' | 'slow' | 'failed' }
  | { readonly kind: 'drive-slow' }
  | { readonly kind: 'several-files'; readonly paths: readonly string[] }
  | { readonly kind: 'written-after-start'; readonly path: string }
  | {
      readonly kind: 'applied' | 'not-applied' | 'cannot-tell';
      readonly path: string;
      readonly what: 'memory' | 'swap' | 'processors' | 'kernelCommandLine';
      readonly wanted: number | string;
      readonly has: number | string | undefined;
    }
  | { readonly kind: 'no-swap'; readonly why: NoSwap; readonly path?: string }
  | { readonly kind: 'swap-full'; readonly totalBytes: number }
  | { readonly kind: 'kills'; readonly count: number }
  | { readonly kind: 'session-at-risk'; readonly pid: number; readonly oomScoreAdj: number }
  | { readonly kind: 'interop'; readonly is: Exclude<WslInterop, 'on'> | 'no-variable' }
  | { readonly kind: 'no-systemd' }
  | { readonly kind: 'cgroup-v1' }
  | { readonly kind: 'ends-with-vm'; readonly hasSystemd: boolean; readonly idleMs: number };

/** A note with how much it matters. */
export type WslNote = WslNoteFacts & { readonly state: DoctorState };

/** Below this share of the machine, cache is no reason for anything. */
const MUCH_CACHE = 0.2;
/** Above it, others are the reason why memory is short. */
const MUCH_ELSEWHERE = 0.25;
const SWAP_FULL = 0.05;
/** src/linux/init/main.cpp: the machine counts as idle below it. */
const IDLE_PERCENT = 0.5;
/** The default of vmIdleTimeout. */
const IDLE_TIMEOUT_MS = 60_000;
/** The adjustment that systemd gives to services of users (DEFAULT_USER_OOM_SCORE_ADJUST). */
const EARLY_ADJ = 100;

/** Everything that a report says, the most important first. */
export function wslNotes(report: WslReport): readonly WslNote[] {
  const { machine } = report;
  if (machine.version === 1) return [{ kind: 'wsl1', state: 'bad' }];
  const file = fileInForce(report);
  const notes = [
    ...fileNotes(report),
    ...appliedNotes(report, file),
    ...memoryNotes(report),
    ...reclaimNotes(report, file),
    ...swapNotes(machine, file),
    ...killNotes(report),
    ...sessionNotes(report, file),
  ];
  const order: readonly DoctorState[] = ['bad', 'warning', 'note', 'good'];
  return notes.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
}

function fileNotes({ wslconfigs, wslConf, windowsDrive, machine }: WslReport): readonly WslNote[] {
  const notes: WslNote[] = [];
  const real = wslconfigs.filter((file) => file.values !== undefined || file.why !== undefined);
  if (windowsDrive === 'slow') notes.push({ kind: 'drive-slow', state: 'note' });
  if (windowsDrive === 'read' && real.length === 0)
    notes.push({ kind: 'no-file', totalBytes: machine.memory?.totalBytes, state: 'good' });
  if (real.length > 1)
    notes.push({ kind: 'several-files', paths: real.map(({ path }) => path), state: 'note' });
  for (const file of [...wslconfigs, ...(wslConf === undefined ? [] : [wslConf])]) {
    const { path, why, findings } = file;
    if (why !== undefined) notes.push({ kind: 'unreadable', path, why, state: 'note' });
    if (findings.length > 0) notes.push({ kind: 'mistakes', path, findings, state: 'warning' });
  }
  return notes;
}

function memoryNotes({ machine }: WslReport): readonly WslNote[] {
  const { memory, shares } = machine;
  if (memory === undefined) return [];
  const { totalBytes, freeBytes, cacheBytes, returnedBytes, blockBytes } = memory;
  const notes: WslNote[] = [];
  if (returnedBytes !== undefined && blockBytes !== undefined)
    notes.push({
      kind: 'held',
      heldBytes: totalBytes - returnedBytes,
      cacheBytes,
      scatteredBytes: Math.max(0, freeBytes - returnedBytes),
      blockBytes,
      state: cacheBytes > MUCH_CACHE * totalBytes ? 'note' : 'good',
    });
  const others = shares.filter((share) => share.of !== 'own');
  const bytes = sum(others.map(({ memoryBytes }) => memoryBytes));
  const dockerBytes = sum(others.flatMap((share) => (share.of === 'docker' ? [share.memoryBytes] : [])));
  if (bytes > 0) {
    const state = bytes > MUCH_ELSEWHERE * totalBytes ? 'warning' : 'note';
    notes.push({ kind: 'others-use', bytes, dockerBytes, isShare: machine.isIsolated, state });
  }
  return notes;
}

function reclaimNotes({ machine, busy }: WslReport, file: WslSettingsFile | undefined): readonly WslNote[] {
  // Without the file the default is most likely, and the release decides what that does.
  const mode = file?.values?.autoMemoryReclaim ?? 'dropCache';
  const isHarmful = mode === 'gradual' && machine.reclaim !== 'new';
  const notes: WslNote[] = [
    { kind: 'reclaim', mode, how: machine.reclaim, state: isHarmful ? 'warning' : 'note' },
  ];
  const kept = busy?.filter(({ percent }) => percent > IDLE_PERCENT) ?? [];
  if (mode !== 'disabled' && kept.length > 0)
    notes.push({ kind: 'never-idle', busy: kept, limitPercent: IDLE_PERCENT, state: 'note' });
  return notes;
}

function killNotes({ machine, sessionManager }: WslReport): readonly WslNote[] {
  const { kills, memory, hasPressure, hasCgroupV1 } = machine;
  const notes: WslNote[] = [];
  if (kills !== undefined && kills > 0) notes.push({ kind: 'kills', count: kills, state: 'warning' });
  if (memory !== undefined && memory.swapTotalBytes > 0) {
    const { swapFreeBytes, swapTotalBytes } = memory;
    if (swapFreeBytes < SWAP_FULL * swapTotalBytes)
      notes.push({ kind: 'swap-full', totalBytes: swapTotalBytes, state: 'warning' });
  }
  if (sessionManager !== undefined && sessionManager.oomScoreAdj >= EARLY_ADJ)
    notes.push({ kind: 'session-at-risk', ...sessionManager, state: 'note' });
  if (!hasPressure) notes.push({ kind: 'psi-off', state: 'note' });
  if (hasCgroupV1) notes.push({ kind: 'cgroup-v1', state: 'note' });
  return notes;
}

function sessionNotes({ machine }: WslReport, file: WslSettingsFile | undefined): readonly WslNote[] {
  const { interop, hasInteropVariable, hasSystemd } = machine;
  const notes: WslNote[] = [];
  if (interop !== 'on') notes.push({ kind: 'interop', is: interop, state: 'note' });
  else if (!hasInteropVariable) notes.push({ kind: 'interop', is: 'no-variable', state: 'note' });
  if (!hasSystemd) notes.push({ kind: 'no-systemd', state: 'note' });
  const idleMs = file?.values?.vmIdleTimeoutMs ?? IDLE_TIMEOUT_MS;
  notes.push({ kind: 'ends-with-vm', hasSystemd, idleMs, state: 'note' });
  return notes;
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}
