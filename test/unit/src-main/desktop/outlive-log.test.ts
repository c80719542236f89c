import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { outliveLog } from '../../../../src-main/desktop/outlive-log.ts';

it('goes on when the log is no longer read', () => {
  const streams = [new PassThrough(), new PassThrough()];
  outliveLog(streams);
  for (const stream of streams) expect(stream.emit('error', new Error('write EPIPE'))).toBe(true);
});
