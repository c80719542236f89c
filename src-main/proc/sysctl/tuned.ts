import { join } from 'node:path';
import { parseTunedProfile } from '#shared/kernel/sysctl/tuned.ts';
import { type LaterSetter, type SysctlName } from '#shared/model/sysctl/sysctl.ts';
import { readText } from '../kernel-files.ts';

/** tuned(8): later versions have a folder of their own for profiles. */
const FOLDERS = ['/etc/tuned/profiles', '/etc/tuned', '/usr/lib/tuned/profiles', '/usr/lib/tuned'] as const;
/** Profiles include each other; one that includes itself ends here. */
const DEEPEST = 10;

/**
 * What the active profile of tuned sets. With `reapply_sysctl`, its default, tuned loads /run/sysctl.d, /etc/sysctl.d and /etc/sysctl.conf
 * again afterwards (tuned-main.conf): what those set is left out by the caller, who knows them.
 */
export function tunedSetters(root: string): readonly (LaterSetter & { readonly name: SysctlName })[] {
  const active = textOf(root, '/etc/tuned/active_profile')?.trim().split(/\s+/).filter(Boolean) ?? [];
  const found = new Map<SysctlName, LaterSetter & { readonly name: SysctlName }>();
  const visit = (profile: string, depth: number): void => {
    if (depth > DEEPEST || !/^[\w.+-]+$/.test(profile)) return;
    const file = FOLDERS.map((folder) => `${folder}/${profile}/tuned.conf`).find(
      (path) => textOf(root, path) !== undefined,
    );
    if (file === undefined) return;
    const { includes, sets } = parseTunedProfile(textOf(root, file) ?? '');
    for (const each of includes) visit(each, depth + 1);
    for (const { name, line, value } of sets) {
      found.set(name, {
        name,
        kind: 'tuned',
        by: active.join(' '),
        file,
        line,
        ...(value === undefined ? {} : { value }),
      });
    }
  };
  for (const profile of active) visit(profile, 0);
  return [...found.values()];
}

/** Whether tuned loads the files of /etc and /run again after its profile. */
export function tunedReapplies(root: string): boolean {
  const text = textOf(root, '/etc/tuned/tuned-main.conf') ?? '';
  return !/^\s*reapply_sysctl\s*=\s*(0|false|no|off|n)\s*$/im.test(text);
}

function textOf(root: string, path: string): string | undefined {
  const read = readText(join(root, path));
  return read.ok ? read.value : undefined;
}
