import { readdirSync, readFileSync } from 'node:fs';

/** Parts of /proc of all processes below one, itself left out. */
export interface Descendant {
  readonly pid: number;
  readonly command: string;
}

/** All processes below one. */
export function descendants(root: number): readonly Descendant[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readOrNothing(`/proc/${name}/stat`) : '';
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? NaN);
    if (!Number.isNaN(parent)) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found: Descendant[] = [];
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    for (const child of children.get(pid) ?? []) {
      found.push({
        pid: child,
        command: readOrNothing(`/proc/${child}/cmdline`).replaceAll('\0', ' ').trim(),
      });
      open.push(child);
    }
  }
  return found;
}

/** Processes end between two reads. */
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
