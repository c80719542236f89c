/** What does not change while the machine is up. */
export interface Machine {
  readonly hostname: string;
  /** `uname -r`. */
  readonly release: string;
  /** Which formula of oom_badness() is in use: the first kernel version that had it. */
  readonly formula: string;
  /** What the distribution calls itself, with its version. */
  readonly distribution?: string;
  /** Hypervisor, `wsl` or `container`; absent on bare metal. */
  readonly virtualization?: string;
  /** Which Windows Subsystem for Linux this is; absent elsewhere. */
  readonly wsl?: 1 | 2;
  readonly cpuCount: number;
  readonly pageSizeBytes: number;
  readonly cgroupVersion: 1 | 2 | undefined;
  /** Version of Lifeboat. */
  readonly version: string;
}
