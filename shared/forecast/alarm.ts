import { type Forecast } from '../model/forecast.ts';

/** A notification asks for more than a line on the screen: this little left, tasks that wait so much, or an end so near. */
const LITTLE_SHARE = 0.15;
const WAITING_PERCENT = 10;
const NEAR_SECONDS = 120;
/** And the fall has lasted for this many times what is left of it: twice as long as it needs to be shown. */
const PERSISTENCE = 1;

/** How the scope of a forecast stands. */
export interface ScopeState {
  /** What is left of it, as a share of all it has. */
  readonly leftShare: number;
  /** PSI some avg10 of the machine; absent where it is not measured. */
  readonly waitingPercent?: number;
}

/** Whether a forecast is worth an interruption: until the first kill, also where that is another killer's. */
export function isAlarming(forecast: Forecast, { leftShare, waitingPercent = 0 }: ScopeState): boolean {
  const { fallingSeconds, killer } = forecast;
  const middleSeconds =
    killer === undefined ? forecast.middleSeconds : (killer.lowSeconds + killer.highSeconds) / 2;
  if (middleSeconds < NEAR_SECONDS) return true;
  if (middleSeconds > PERSISTENCE * fallingSeconds) return false;
  return leftShare < LITTLE_SHARE || waitingPercent > WAITING_PERCENT;
}
