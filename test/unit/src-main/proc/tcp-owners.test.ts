import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { HOST_FILES } from '../../../../src-main/proc/kernel-files.ts';
import { ownersIn, readTcpOwners, type TcpConnection } from '../../../../src-main/proc/tcp-owners.ts';
import { peerConnection } from '../../../../src-main/transport/web-users.ts';
import { temporaryDir } from '../../../helpers/web-client.ts';

const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
/** Both ends of a connection of user 1001 to a program of user 1000, as a kernel of 6.1 printed it. */
const NEAR =
  '   1: 0100007F:C350 0100007F:1E35 01 00000000:00000000 00:00000000 00000000  1001        0 81800 1 00000000b829e33e 20 4 30 10 -1\n';
const FAR =
  '   2: 0100007F:1E35 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 81801 1 00000000b829e33f 20 4 30 10 -1\n';
const CONNECTION: TcpConnection = {
  near: { address: '127.0.0.1', port: 50_000 },
  far: { address: '127.0.0.1', port: 7733 },
};

describe('ownersIn', () => {
  it('is the user of the near socket, not of the far one', () => {
    expect(ownersIn(HEADER + NEAR + FAR, [CONNECTION])).toEqual([1001]);
    expect(ownersIn(HEADER + FAR + NEAR, [{ near: CONNECTION.far, far: CONNECTION.near }])).toEqual([1000]);
  });

  it.for([
    { what: 'no line', lines: FAR },
    {
      what: 'a closed socket, which the kernel writes as of user 0',
      lines: NEAR.replace(' 1001 ', '    0 ').replace(' 81800 ', ' 0 '),
    },
    { what: 'a connection that has ended', lines: NEAR.replace(' 01 ', ' 06 ') },
    { what: 'two users', lines: NEAR + NEAR.replace(' 1001 ', ' 1002 ') },
    { what: 'another address', lines: NEAR.replace('0100007F:C350', '0200007F:C350') },
    { what: 'a line that is cut', lines: NEAR.slice(0, 60) },
    { what: 'no numbers', lines: NEAR.replace(' 1001 ', ' root ') },
  ])('is unknown with $what', ({ lines }) => {
    expect(ownersIn(HEADER + lines, [CONNECTION])).toEqual([undefined]);
  });

  it('answers in the order of the questions', () => {
    const other = { near: CONNECTION.far, far: CONNECTION.near };
    const gone = { ...CONNECTION, near: { address: '127.0.0.1', port: 1 } };
    expect(ownersIn(HEADER + NEAR + FAR, [other, gone, CONNECTION, other])).toEqual([
      1000,
      undefined,
      1001,
      1000,
    ]);
  });

  it('is the same when a line is there twice', () => {
    expect(ownersIn(HEADER + NEAR + NEAR, [CONNECTION])).toEqual([1001]);
  });
});

describe('readTcpOwners', () => {
  /** A connection of this process to itself, seen from its client's end. */
  async function connection(
    host: string,
  ): Promise<{ readonly peer: TcpConnection; readonly client: Socket }> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const client = connect((server.address() as AddressInfo).port, host);
    const socket = await accepted;
    onTestFinished(() => {
      client.destroy();
      socket.destroy();
      server.close();
    });
    const peer = peerConnection(socket);
    if (peer === undefined) throw new Error('the connection has ended');
    return { peer, client };
  }

  it.for(['127.0.0.1', '::ffff:127.0.0.1'])(
    'tells by the real kernel whose a connection to %s is',
    async (host) => {
      const { peer } = await connection(host);
      expect(readTcpOwners(HOST_FILES, [peer])).toEqual({ ok: true, value: [process.getuid?.()] });
    },
  );

  it('does not tell whose it was once its program has closed it', async () => {
    const { peer, client } = await connection('127.0.0.1');
    client.destroy();
    await vi.waitFor(() => {
      expect(readTcpOwners(HOST_FILES, [peer])).toEqual({ ok: true, value: [undefined] });
    });
  });

  it('reads tables that are larger than other kernel files are', () => {
    const proc = temporaryDir();
    mkdirSync(join(proc, 'net'));
    writeFileSync(join(proc, 'net/tcp'), HEADER + FAR.repeat(20_000) + NEAR);
    expect(readTcpOwners({ proc, sys: proc, etc: proc }, [CONNECTION])).toEqual({ ok: true, value: [1001] });
  });

  it('fails where there is no table', () => {
    const proc = temporaryDir();
    expect(readTcpOwners({ proc, sys: proc, etc: proc }, [CONNECTION])).toMatchObject({
      ok: false,
      why: 'missing',
    });
  });
});
