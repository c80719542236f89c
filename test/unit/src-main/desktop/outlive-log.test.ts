import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { outliveLog } from '../../../../src-main/desktop/outlive-log.ts';

it('goes on when nobody reads the log any more', () => {
  const streams = [new PassThrough(), new PassThrough()];
  outliveLog(streams);
  for (const stream of streams) expect(stream.emit('error', new Error('write EPIPE'))).toBe(true);
});
