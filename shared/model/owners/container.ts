/** The program that runs a container, as far as its cgroup or its engine tells. */
export type ContainerEngine = 'docker' | 'podman' | 'containerd' | 'kubernetes' | 'lxc' | 'nspawn';

/** Where a container stands in a project of compose. */
export interface ComposePlace {
  readonly project: string;
  readonly service: string | undefined;
  /** Which of the containers of its service it is, from 1. */
  readonly number: number | undefined;
}

/** What was asked for when a container was made or updated; the cgroup may have other values. */
export interface AskedLimits {
  readonly memoryBytes: number | undefined;
  /** Memory and swap together; Infinity where no limit was asked for. */
  readonly memorySwapBytes: number | undefined;
  readonly reservationBytes: number | undefined;
  readonly oomScoreAdj: number | undefined;
}

/** A container, with what its engine says of it; without an engine that answers only what its cgroup and its programs tell. */
export interface Container {
  /** The engine's full id (64 hexadecimal digits), or the name where the cgroup path holds one (LXC, nspawn). */
  readonly id: string;
  readonly engine: ContainerEngine;
  /** As a person types it: `shop-db-1`. */
  readonly name: string | undefined;
  readonly image: string | undefined;
  readonly compose: ComposePlace | undefined;
  readonly pod: { readonly name: string; readonly namespace: string | undefined } | undefined;
  /** The folder on the host that a development container was made for. */
  readonly devcontainer: string | undefined;
  readonly restartPolicy: 'no' | 'always' | 'unless-stopped' | 'on-failure' | undefined;
  /** Automatic restarts since the last start by hand. */
  readonly restartCount: number | undefined;
  readonly health: 'healthy' | 'unhealthy' | 'starting' | undefined;
  readonly state: 'running' | 'paused' | 'restarting' | 'exited' | undefined;
  readonly mainPid: number | undefined;
  readonly limitsAsked: AskedLimits | undefined;
  /** Kills in earlier cgroups of this container that were seen: a restart makes a new cgroup, whose counters begin at 0. */
  readonly killsBefore: number;
}

/** Whether an engine answers. */
export interface EngineAccess {
  readonly engine: 'docker' | 'podman';
  /** The path of its socket, or the address of a remote engine. */
  readonly address: string;
  /**
   * `asking`: no answer yet. `denied`: the user may not use the socket. `silent`: there is a socket, and no program behind it answers.
   * `malformed`: what answers is no engine that can be understood. `remote`: its containers run on another machine.
   */
  readonly state: 'asking' | 'connected' | 'denied' | 'silent' | 'malformed' | 'remote';
  /** Of the API, as it was agreed on; absent until then. */
  readonly apiVersion: string | undefined;
}
