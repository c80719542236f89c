type Policy = 'stop' | 'continue' | 'kill';
type KillMode = 'control-group' | 'mixed' | 'process' | 'none';

/** One unit with a large process in it, which is to be killed. */
export interface Case {
  readonly name: string;
  readonly by: 'system' | 'user';
  readonly kind: 'service' | 'scope';
  /** Absent: what this systemd does by itself. */
  readonly policy?: Policy;
  readonly killMode: KillMode;
  /** Whether the large one is the main process of the service, or beside it. */
  readonly victim: 'main' | 'child';
  /** Also one that the kernel may not kill. */
  readonly exempt?: true;
}

const CASES: readonly Case[] = [
  ...(['stop', 'continue', 'kill'] as const).flatMap((policy) =>
    (['control-group', 'mixed', 'process', 'none'] as const).map((killMode): Case => ({
      name: `s-${policy}-${killMode}.service`,
      by: 'system',
      kind: 'service',
      policy,
      killMode,
      victim: 'child',
    })),
  ),
  ...(['control-group', 'process'] as const).map((killMode): Case => ({
    name: `m-${killMode}.service`,
    by: 'system',
    kind: 'service',
    policy: 'continue',
    killMode,
    victim: 'main',
  })),
  {
    name: 'x-kill.service',
    by: 'system',
    kind: 'service',
    policy: 'kill',
    killMode: 'control-group',
    victim: 'child',
    exempt: true,
  },
  ...(['control-group', 'mixed', 'process'] as const).map((killMode): Case => ({
    name: `c-${killMode}.scope`,
    by: 'system',
    kind: 'scope',
    killMode,
    victim: 'child',
  })),
  {
    name: 'twin.service',
    by: 'system',
    kind: 'service',
    policy: 'continue',
    killMode: 'control-group',
    victim: 'child',
  },
  {
    name: 'twin.service',
    by: 'user',
    kind: 'service',
    policy: 'stop',
    killMode: 'control-group',
    victim: 'child',
  },
  { name: 'u-stop.scope', by: 'user', kind: 'scope', killMode: 'control-group', victim: 'child' },
];
/** Since 253 scopes have OOMPolicy= as well; before, systemd stops every one. */
const SCOPE_POLICY_VERSION = 253;
const SCOPES_BY_POLICY: readonly Case[] = (['stop', 'continue', 'kill'] as const).flatMap((policy) =>
  (['control-group', 'process'] as const).flatMap((killMode) =>
    (['system', 'user'] as const).map((by): Case => ({
      name: `p-${policy}-${killMode}.scope`,
      by,
      kind: 'scope',
      policy,
      killMode,
      victim: 'child',
    })),
  ),
);
/** The last one to be killed: systemd takes the kills in their order, so that all others are settled when it is. */
const LAST: Case = {
  name: 'last.service',
  by: 'system',
  kind: 'service',
  policy: 'stop',
  killMode: 'control-group',
  victim: 'child',
};

/** The units that are killed in under a systemd of this version, in their order. */
export function casesOf(version: number): readonly Case[] {
  const byPolicy = version >= SCOPE_POLICY_VERSION ? SCOPES_BY_POLICY : [];
  return [...CASES, ...byPolicy, LAST];
}
