import { afterAll, describe, expect, it } from 'vitest';
import { readAuxv } from '../../../src-main/proc/pid/auxv.ts';
import { HOST_FILES } from '../../../src-main/proc/kernel-files.ts';
import { readPidMaps } from '../../../src-main/proc/pid/maps.ts';
import { compareAddressSpaces, type MmIdentity } from '../../../src-main/proc/pid/mm-identity.ts';
import { readPagemap } from '../../../src-main/proc/pid/pagemap.ts';
import { compile } from '../../helpers/c-program.ts';
import { untilStates } from '../../helpers/processes/process-children.ts';

const auxv = readAuxv(HOST_FILES);
const pageSizeBytes = auxv.ok ? auxv.value.pageSizeBytes : 0;
const program = compile('address-spaces');
afterAll(() => {
  program.end();
});

/** Page frames are for CAP_SYS_ADMIN: without it, there is no proof. */
function seesFrames(): boolean {
  const maps = readPidMaps(HOST_FILES, process.pid);
  const stack = maps.ok ? maps.value.find(({ name }) => name === '[stack]') : undefined;
  const read = readPagemap(HOST_FILES, process.pid, (stack?.end ?? 0) - pageSizeBytes, 1, pageSizeBytes);
  return read.ok && read.value[0]?.frame !== 0;
}

async function start(mode: string): Promise<readonly [one: number, other: number]> {
  const [one = 0, other = 0] = (await program.start(mode)).split(' ').map(Number);
  return [one, other];
}

async function compare(mode: string): Promise<readonly MmIdentity[]> {
  const [one, other] = await start(mode);
  // fork(2) leaves nothing to see until the child runs and writes to its stack: both wait then, the parent of vfork(2) in D.
  for (const pid of [one, other]) await untilStates(pid, /^[SD]+$/);
  return [
    compareAddressSpaces(HOST_FILES, one, other, pageSizeBytes),
    compareAddressSpaces(HOST_FILES, other, one, pageSizeBytes),
  ];
}

const proof = seesFrames();

describe('compareAddressSpaces on real processes', () => {
  it.each(['clone', 'vfork'])(
    'knows processes of %s as one address space, where it may see page frames',
    async (mode) => {
      expect(await compare(mode)).toEqual(proof ? ['shared', 'shared'] : ['unknown', 'unknown']);
    },
  );

  it.each(['fork', 'siblings', 'thread-fork'])('knows those of %s as two', async (mode) => {
    expect(await compare(mode)).toEqual(proof ? ['separate', 'separate'] : ['unknown', 'unknown']);
  });

  it('knows those that ran exec as two, with and without sight of page frames', async () => {
    expect(await compare('exec')).toEqual(['separate', 'separate']);
  });

  it.each(['fork', 'siblings', 'thread-fork'])(
    'never takes those of %s for one, however early it is asked',
    async (mode) => {
      for (let round = 0; round < 10; round++) {
        const [one, other] = await start(mode);
        for (let again = 0; again < 10; again++) {
          expect(compareAddressSpaces(HOST_FILES, one, other, pageSizeBytes)).not.toBe('shared');
        }
      }
    },
  );
});
