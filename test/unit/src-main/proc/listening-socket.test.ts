import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  findPortOwner,
  parseListeningSockets,
  readListeningSockets,
} from '../../../../src-main/proc/listening-socket.ts';
import { temporaryDir } from '../../../helpers/web-client.ts';

const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const TCP = `${HEADER}                                                     
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 81712 1 00000000b829e33d 100 0 0 10 0                      
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 81800 1 00000000b829e33e 20 4 30 10 -1                     
`;
const TCP6 = `${HEADER}
   0: 00000000000000000000000000000000:1F91 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 90001 1 0000000000000000 100 0 0 10 0
`;

function tree(): string {
  const proc = temporaryDir();
  mkdirSync(join(proc, 'net'));
  writeFileSync(join(proc, 'net/tcp'), TCP);
  writeFileSync(join(proc, 'net/tcp6'), TCP6);
  mkdirSync(join(proc, 'sys'));
  mkdirSync(join(proc, '7/fd'), { recursive: true });
  mkdirSync(join(proc, '42/fd'), { recursive: true });
  symlinkSync('/dev/null', join(proc, '42/fd/0'));
  symlinkSync('socket:[81712]', join(proc, '42/fd/3'));
  writeFileSync(
    join(proc, '42/stat'),
    '42 (a) R 1) S 1 42 42 0 -1 4194560 90 0 0 0 0 0 0 0 20 0 1 0 3245 2490368 180 18446744073709551615 0\n',
  );
  return proc;
}

describe('parseListeningSockets', () => {
  it('takes those that listen and passes over the rest', () => {
    expect(parseListeningSockets(TCP)).toEqual([{ port: 8080, uid: 1000, inode: 81712 }]);
    expect(parseListeningSockets(TCP6)).toEqual([{ port: 8081, uid: 0, inode: 90001 }]);
  });

  it.for([
    '',
    HEADER,
    `${HEADER}\n\n`,
    `${HEADER}\n 0: 0100007F 0 0A`,
    `${HEADER}\n 0: zz:zz 0 0A 0 0 0 x 0 y`,
  ])('finds none in a text without any: %j', (text) => {
    expect(parseListeningSockets(text)).toEqual([]);
  });
});

describe('readListeningSockets', () => {
  it('reads both families, and one where the kernel has no IPv6', () => {
    const proc = tree();
    const files = { proc, sys: proc, etc: proc };
    expect(readListeningSockets(files)).toMatchObject({ ok: true, value: [{ port: 8080 }, { port: 8081 }] });
  });

  it('says that there is nothing to read where there is nothing', () => {
    const proc = temporaryDir();
    expect(readListeningSockets({ proc, sys: proc, etc: proc })).toMatchObject({ ok: false, why: 'missing' });
  });
});

describe('findPortOwner', () => {
  it('finds the process that holds the socket', () => {
    const proc = tree();
    const files = { proc, sys: proc, etc: proc };
    expect(findPortOwner(files, 8080)).toEqual({ uid: 1000, process: { pid: 42, name: 'a) R 1' } });
  });

  it('knows at least the user where no descriptor is to be seen', () => {
    const proc = tree();
    expect(findPortOwner({ proc, sys: proc, etc: proc }, 8081)).toEqual({ uid: 0 });
  });

  it('finds no process at a free port', () => {
    const proc = tree();
    expect(findPortOwner({ proc, sys: proc, etc: proc }, 8082)).toBeUndefined();
  });

  it('finds this very process in the real /proc', async () => {
    const server = createServer();
    onTestFinished(() => {
      server.close();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : NaN;
    const owner = findPortOwner({ proc: '/proc', sys: '/sys', etc: '/etc' }, port);
    expect(owner).toMatchObject({ uid: process.getuid?.(), process: { pid: process.pid } });
  });
});
