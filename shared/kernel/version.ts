/** The three leading numbers of `uname -r`. */
export interface KernelVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/**
 * `6.12.107+deb12-amd64` is 6.12.107; undefined when the text does not start like a kernel release. A number of more than four digits is
 * none, rather than its first four.
 */
export function parseKernelVersion(release: string): KernelVersion | undefined {
  const match = /^(\d{1,4})\.(\d{1,4})(?!\d)(?:\.(\d{1,4})(?!\d))?/.exec(release);
  if (match === null) return undefined;
  return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3] ?? 0) };
}

/** True when `version` is `major.minor.patch` or newer. */
export function atLeast(version: KernelVersion, major: number, minor: number, patch = 0): boolean {
  if (version.major !== major) return version.major > major;
  if (version.minor !== minor) return version.minor > minor;
  return version.patch >= patch;
}
