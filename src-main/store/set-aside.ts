import { existsSync } from 'node:fs';

/** The name under which something broken is kept: `journal.db.broken-20261120T100000Z`, numbered where there is one. */
export function asideName(path: string, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
  const name = `${path}.broken-${stamp}`;
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name}.${number}`;
    if (!existsSync(candidate)) return candidate;
  }
}
