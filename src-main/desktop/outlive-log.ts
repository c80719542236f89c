import { type Writable } from 'node:stream';

/** Whoever reads the log may go away, as a terminal that is closed does. There is nobody to tell then, and watching goes on. */
export function outliveLog(streams: readonly Pick<Writable, 'on'>[]): void {
  for (const stream of streams) stream.on('error', () => undefined);
}
