import { chromiumRole } from './chromium.ts';
import { firefoxRole } from './firefox.ts';
import { wineRole } from './games.ts';
import { javaRole } from './java.ts';
import { type Role, type RoleQuestion, type RoleTable } from './role.ts';
import { scriptRole } from './scripts.ts';
import { serverRole } from './servers.ts';
import { sessionRole } from './session.ts';
import { shellRole } from './shells.ts';
import { toolRole } from './tools.ts';

/** In the order in which they are tried. */
const TABLES: readonly RoleTable[] = [
  chromiumRole,
  firefoxRole,
  wineRole,
  javaRole,
  scriptRole,
  shellRole,
  serverRole,
  toolRole,
  sessionRole,
];

/** What a process does, by the first table that knows it. */
export function roleOf(question: RoleQuestion): Role | undefined {
  for (const table of TABLES) {
    const role = table(question);
    if (role !== undefined) return role;
  }
  return undefined;
}
