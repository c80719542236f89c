import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { portFailure } from '../../../../src-main/transport/web-port.ts';
import { temporaryDir } from '../../../helpers/web-client.ts';

/** A tree in which a user's program, whose descriptors may not be read, listens on port 8080. */
function tree() {
  const proc = temporaryDir();
  mkdirSync(join(proc, 'net'));
  writeFileSync(
    join(proc, 'net/tcp'),
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n' +
      '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 81712 1\n',
  );
  return { proc, sys: proc, etc: proc };
}

describe('portFailure', () => {
  it.for([
    { port: 8080, errno: 'EADDRINUSE', owner: { uid: 1000 } },
    { port: 8081, errno: 'EADDRINUSE', owner: undefined },
    { port: 80, errno: 'EACCES', owner: undefined },
    { port: 8080, errno: 'EADDRNOTAVAIL', owner: undefined },
  ])('says why port $port cannot be had: $errno', ({ port, errno, owner }) => {
    expect(portFailure(port, errno, tree())).toEqual({
      ok: false,
      error: { code: 'port-unavailable', facts: { port, errno, ...(owner === undefined ? {} : { owner }) } },
    });
  });
});
