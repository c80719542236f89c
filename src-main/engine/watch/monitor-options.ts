import { type MemoryLevel } from '#shared/model/alert.ts';
import { type KillerWatch } from '../../collect/killers/killer-watch.ts';
import { type Sampler } from '../../collect/sampler.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { type Closely } from './client.ts';
import { type Intervals } from './clock/interval.ts';
import { type Timers } from './clock/tick-timer.ts';
import { type FrameSources } from './snapshot-frames.ts';

/** What the monitor needs from outside. */
export interface MonitorOptions extends Partial<Timers> {
  readonly sampler: Sampler;
  /** Absent: other killers are not looked for. */
  readonly killers?: Pick<KillerWatch, 'look' | 'in'> | undefined;
  readonly intervals?: Intervals;
  readonly unitFacts?: NonNullable<FrameSources['unitFacts']>;
  readonly commands?: NonNullable<FrameSources['commands']>;
  /** What is read in every tick for others than the clients of the monitor. */
  readonly closely?: () => Closely;
  /** How memory stands, by the thresholds that people chose; absent where nothing watches them. */
  readonly level?: () => MemoryLevel;
  /** Gets every snapshot, before the clients get its frames. */
  readonly onSnapshot?: (snapshot: Snapshot) => void;
}
