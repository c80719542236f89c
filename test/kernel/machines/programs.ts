import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Where a program is, in PATH or where administrators' programs are. */
export function programPath(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/bin', '/bin', '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

export function hasProgram(name: string): boolean {
  return programPath(name) !== undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
