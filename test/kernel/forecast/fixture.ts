import { type Life } from './judge.ts';
import { type DeathScope } from './lines.ts';

/** What was left of a scope of a real kernel until it killed: numbers side by side, in seconds from the first of them. */
export interface RecordedDeath {
  readonly kernel: string;
  readonly scope: DeathScope;
  readonly scopeBytes: number;
  readonly beganSeconds: number;
  readonly killedSeconds: number;
  readonly seconds: readonly number[];
  readonly bytes: readonly number[];
}

/** The text of a file of test/fixtures/forecast. */
export function fixtureOf(
  { scope, scopeBytes, beganSeconds, killedSeconds, before, looks }: Life,
  kernel: string,
): string {
  const all = [...before, ...looks];
  const from = all[0]?.at ?? 0;
  const since = (at: number) => Math.round((at - from) * 1000) / 1000;
  const death: RecordedDeath = {
    kernel,
    scope,
    scopeBytes,
    beganSeconds: since(beganSeconds),
    killedSeconds: since(killedSeconds),
    seconds: all.map(({ at }) => since(at)),
    bytes: all.map(({ bytes }) => bytes),
  };
  return `${JSON.stringify(death)}\n`;
}
