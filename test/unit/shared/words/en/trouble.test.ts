import { describe, expect, it } from 'vitest';
import { type Trouble } from '#shared/model/trouble.ts';
import { troubleSentence } from '#shared/words/en/trouble.ts';
import { unreadable } from '../../../../helpers/fake-handlers.ts';

describe('troubleSentence', () => {
  it.each<[Trouble, RegExp]>([
    [{ kind: 'unreadable', count: 1 }, /^One process cannot be read and is missing here\.$/],
    [{ kind: 'unreadable', count: 2 }, /^2 processes cannot be read and are missing here\.$/],
    [{ kind: 'out-of-sight', by: 'pid-namespace' }, /processes of this container/],
    [{ kind: 'out-of-sight', by: 'hidepid' }, /hidepid.*root sees all/],
    [unreadable('/proc/7'), /^Lifeboat cannot read \/proc\/7 \(EIO\)\. .*mount -t proc/],
  ])('says %j', (trouble, sentence) => {
    expect(troubleSentence(trouble)).toMatch(sentence);
  });
});
