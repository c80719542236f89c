import { type OomPolicy } from '../model/kill-order.ts';
import { type Unit } from '../model/unit.ts';

/** KillMode= (systemd.kill(5)): which processes of a unit are ended when it is stopped. */
export type KillMode = 'control-group' | 'mixed' | 'process' | 'none';

/** What decides what systemd ends after a kill in a unit. */
export interface UnitFacts {
  readonly oomPolicy: OomPolicy;
  readonly killMode: KillMode;
  /** Processes that do not end on SIGTERM are killed. */
  readonly sendSigkill: boolean;
  /** The main process of a service; absent for scopes, and for services without one. */
  readonly mainPid?: number;
  /** Restart= of a service; absent where systemd could not be asked. */
  readonly restart?: string;
  /** systemd could not be asked: this is what it does by default. */
  readonly presumed: boolean;
}

/** What systemd does after a kill in a unit: why it stops the unit, and which processes that ends; undefined where it stops nothing. */
export interface UnitStop {
  readonly why: 'oom-policy' | 'main-process';
  /** Of the processes that the kernel has left alive. */
  readonly ends: 'all' | 'main';
}

/**
 * Whether systemd stops a unit in which the kernel has killed `killedPids`, and what that ends. service_notify_cgroup_oom_event() and
 * scope_notify_cgroup_oom_event() act by OOMPolicy=, which is noticed by memory.events (`watchesEvents`: cgroup v2). A service whose main
 * process was killed is stopped whatever its policy (service_sigchld_event()). KillMode= says what a stop ends (unit_kill_context(); a
 * scope has no main process, so `process` ends none there, and `mixed` goes on to SIGKILL for all at once).
 */
export function unitStop(
  unit: Unit,
  { oomPolicy, killMode, sendSigkill, mainPid }: UnitFacts,
  killedPids: ReadonlySet<number>,
  watchesEvents: boolean,
): UnitStop | undefined {
  const isService = unit.name.endsWith('.service');
  if (!isService && !unit.name.endsWith('.scope')) return undefined;
  const mainDies = isService && mainPid !== undefined && killedPids.has(mainPid);
  const byPolicy = oomPolicy !== 'continue' && watchesEvents;
  if (!byPolicy && !mainDies) return undefined;
  const why = byPolicy ? 'oom-policy' : 'main-process';
  switch (killMode) {
    case 'control-group':
      return { why, ends: 'all' };
    case 'mixed':
      if (sendSigkill) return { why, ends: 'all' };
      return mainPid === undefined || mainDies ? undefined : { why, ends: 'main' };
    case 'process':
      return mainPid === undefined || mainDies ? undefined : { why, ends: 'main' };
    case 'none':
      return undefined;
  }
}

/**
 * What systemd does by default where it cannot be asked (DefaultOOMPolicy=stop). Delegated units go on: user managers and the scopes of
 * containers. Login sessions go on since systemd 253. VTE gives the scopes of its tabs KillMode=process.
 */
export function presumedFacts({ name }: Unit): UnitFacts {
  const goesOn = DELEGATED.test(name) || /^session-[^.]+\.scope$/.test(name);
  return {
    oomPolicy: goesOn ? 'continue' : 'stop',
    killMode: name.startsWith('vte-spawn-') ? 'process' : 'control-group',
    sendSigkill: true,
    presumed: true,
  };
}

const DELEGATED =
  /^(?:user@\d+\.service|(?:docker|libpod|crio|cri-containerd|nerdctl)-[0-9a-f]{64}\.scope|machine-.+\.scope|systemd-nspawn@.+\.service|(?:docker|containerd|podman|crio|libvirtd|virtqemud|lxc)\.service)$/;
