import { type Log } from '#shared/contract/server.ts';
import { logLines } from '#shared/words/en/log.ts';

const MINUTE_MS = 60_000;

/** A log that passes on at most `most` lines a minute, so that a faulty or hostile client cannot fill it. */
export function limitLog(log: Log, most: number, nowMs: () => number): Log {
  let minute = NaN;
  let count = 0;
  return (line) => {
    const now = Math.floor(nowMs() / MINUTE_MS);
    if (now !== minute) {
      if (count > most) log(logLines.leftOut(count - most));
      minute = now;
      count = 0;
    }
    count += 1;
    if (count <= most) log(line);
  };
}
