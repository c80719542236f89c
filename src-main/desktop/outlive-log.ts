import { type Writable } from 'node:stream';

/** Ignores errors of the log's streams: the terminal that reads them may be closed, and watching goes on. */
export function outliveLog(streams: readonly Pick<Writable, 'on'>[]): void {
  for (const stream of streams) stream.on('error', () => undefined);
}
