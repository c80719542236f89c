import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where a package may put something. */
const FOLDERS = ['/etc', '/opt', '/usr', '/var'];
/** What package managers and caches write of themselves, whatever is installed, and what other tests and programs do meanwhile. */
const OTHERS =
  /^\/(?:usr\/local|var\/(?:cache|tmp|lib\/(?:dpkg|apt|lifeboat-test|systemd|NetworkManager|polkit-1|sudo)|log\/(?!lifeboat)|spool|mail)|usr\/share\/applications\/mimeinfo\.cache|usr\/share\/icons\/hicolor\/icon-theme\.cache)(?:\/|$)|^\/etc\/(?:passwd|group|shadow|gshadow|subuid|subgid)-?$|\/__pycache__(?:\/|$)/;

/** Every path of the system that a package could have left behind. */
export function systemPaths(): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (OTHERS.test(path)) continue;
      found.add(path);
      if (entry.isDirectory()) walk(path);
    }
  };
  for (const folder of FOLDERS) walk(folder);
  return found;
}
