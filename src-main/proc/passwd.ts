import { decimal } from './fields.ts';
import { type KernelFiles, type Read, readText } from './kernel-files.ts';

/** Some sites have hundreds of thousands of users in it; a line that was cut would name the wrong one. */
const MOST_BYTES = 1 << 26;

/** Names of users by uid; the first line that names a uid wins, as getpwuid(3) does it. Other lines than passwd(5)'s are ignored. */
export function parsePasswd(text: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name = '', , uid = ''] = line.split(':');
    const number = decimal(uid);
    if (name !== '' && !Number.isNaN(number) && !names.has(number)) names.set(number, name);
  }
  return names;
}

/**
 * /etc/passwd: passwd(5). Users of a directory service are not in it.
 *
 *     root:x:0:0:root:/root:/bin/bash
 */
export function readPasswd(files: KernelFiles): Read<ReadonlyMap<number, string>> {
  const read = readText(`${files.etc}/passwd`, MOST_BYTES);
  return read.ok ? { ok: true, value: parsePasswd(read.value) } : read;
}
