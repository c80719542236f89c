import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseIsWholeMap, readUserIds } from '../../../../src-main/proc/user-ids.ts';
import { temporaryDir } from '../../../helpers/web-client.ts';

const WHOLE = '         0          0 4294967295\n';
/** A container of podman's without root, and `unshare --user --map-current-user`. */
const PARTS = [
  '         0       1000          1\n         1     100000      65536\n',
  '      1000       1000          1\n',
];

function files(uidMap: string | undefined, overflow: string | undefined) {
  const proc = temporaryDir();
  mkdirSync(join(proc, 'self'));
  mkdirSync(join(proc, 'sys/kernel'), { recursive: true });
  if (uidMap !== undefined) writeFileSync(join(proc, 'self/uid_map'), uidMap);
  if (overflow !== undefined) writeFileSync(join(proc, 'sys/kernel/overflowuid'), overflow);
  return { proc, sys: proc, etc: proc };
}

describe('parseIsWholeMap', () => {
  it('knows the initial namespace', () => {
    expect(parseIsWholeMap(WHOLE)).toBe(true);
    for (const part of PARTS) expect(parseIsWholeMap(part)).toBe(false);
    for (const wrong of ['', 'x', '0 0', '0 0 1 1']) expect(parseIsWholeMap(wrong)).toBeUndefined();
  });
});

describe('readUserIds', () => {
  it('has no unmapped users in the initial namespace', () => {
    expect(readUserIds(files(WHOLE, '65534\n'))).toEqual({});
  });

  it.for([
    { uidMap: PARTS[0], overflow: '65534\n', unmapped: 65_534 },
    { uidMap: PARTS[1], overflow: '99\n', unmapped: 99 },
    { uidMap: PARTS[1], overflow: undefined, unmapped: 65_534 },
    { uidMap: undefined, overflow: '65534\n', unmapped: 65_534 },
  ])('knows by which id the kernel shows them: $unmapped', ({ uidMap, overflow, unmapped }) => {
    expect(readUserIds(files(uidMap, overflow))).toEqual({ unmapped });
  });
});
