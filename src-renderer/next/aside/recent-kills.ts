import { type KillAlert, type KillScope, type RecordedAlert } from '#shared/model/alert.ts';

const HOUR_MS = 3_600_000;

/** Kills of processes of one name in one place: a program that is started again and again dies again and again. */
export interface RecentKills {
  readonly key: string;
  /** As the kernel names it; absent where it is not known who died. */
  readonly name?: string;
  /** Where memory ran out; absent where that is not known. */
  readonly scope?: KillScope;
  /** By the kernel's count. */
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly freedBytes: number;
}

/** The kills of the last hour, those of one name and place together, the newest first. */
export function recentKills(alerts: readonly RecordedAlert[], nowMs: number): readonly RecentKills[] {
  const groups = new Map<string, RecentKills>();
  for (const { timeMs, alert } of alerts) {
    if (alert.kind !== 'kill' || timeMs < nowMs - HOUR_MS) continue;
    const key = keyOf(alert);
    const known = groups.get(key);
    const freedBytes = alert.victims.reduce((sum, { freedBytes: freed = 0 }) => sum + freed, 0);
    const [victim] = alert.victims;
    groups.set(key, {
      key,
      ...(victim === undefined ? {} : { name: victim.name }),
      ...(alert.scope === undefined ? {} : { scope: alert.scope }),
      count: (known?.count ?? 0) + alert.count,
      firstMs: Math.min(known?.firstMs ?? timeMs, timeMs),
      lastMs: Math.max(known?.lastMs ?? timeMs, timeMs),
      freedBytes: (known?.freedBytes ?? 0) + freedBytes,
    });
  }
  return [...groups.values()].sort((a, b) => b.lastMs - a.lastMs);
}

function keyOf({ victims, scope }: KillAlert): string {
  const place = scope?.kind === 'cgroup' ? scope.path : (scope?.kind ?? '');
  return `${victims[0]?.name ?? ''} ${place}`;
}
