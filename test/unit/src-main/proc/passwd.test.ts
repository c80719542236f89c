import { describe, expect, it } from 'vitest';
import { parsePasswd, readPasswd } from '../../../../src-main/proc/passwd.ts';
import { CAPTURED } from '../../../helpers/captured.ts';
import { procTree } from '../../../helpers/proc-tree.ts';

describe('readPasswd', () => {
  it('reads the captured one', () => {
    const read = readPasswd(CAPTURED);
    expect(read.ok && [...read.value]).toEqual([
      [0, 'root'],
      [1, 'daemon'],
      [65_534, 'nobody'],
    ]);
  });

  it('says that there is none', () => {
    const tree = procTree();
    tree.remove('/etc/passwd');
    expect(readPasswd(tree)).toMatchObject({ ok: false, why: 'missing' });
    tree.cleanup();
  });
});

describe('parsePasswd', () => {
  it('lets the first name of a uid win, and passes over lines of another kind', () => {
    const text =
      'root:x:0:0::/:/bin/sh\ntoor:x:0:0::/:/bin/sh\n# note\n+::::::\n\n:x:5:5::/:\nbad:x:-1:1::/:\nfew:x\nälice:x:1000:1000::/:';
    expect([...parsePasswd(text)]).toEqual([
      [0, 'root'],
      [1000, 'älice'],
    ]);
  });
});
