import { isAlarming } from '#shared/forecast/alarm.ts';
import { type ForecastAlert } from '#shared/model/alert.ts';
import { type Forecast } from '#shared/model/forecast.ts';
import { compact } from '#shared/optional.ts';
import { namedWithProgram } from '../../collect/processes/named.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { type Spoken } from '../forecast/forecasts.ts';
import { orderOfScope, type OrderOfScope } from '../watch/order-view.ts';

/** Notices when memory is about to run out: once in a fall, for the machine and for each cgroup. */
export class ForecastWatch {
  /** By path of the cgroup, empty for the machine: when it was notified, on the monotonic clock. */
  readonly #saidSeconds = new Map<string, number>();

  /** Takes what is forecast; what is to be notified of it. */
  take(
    snapshot: Snapshot,
    { machine, groups }: Spoken,
    front: OrderOfScope | undefined,
  ): readonly ForecastAlert[] {
    const { state } = snapshot.memory;
    const alerts: ForecastAlert[] = [];
    const waiting = compact({ waitingPercent: state.pressure?.some10 });
    const leftShare = state.availableBytes / Math.max(1, state.totalBytes);
    if (
      machine !== undefined &&
      isAlarming(machine, { leftShare, ...waiting }) &&
      this.#isNew('', machine, snapshot)
    )
      alerts.push({ kind: 'forecast', forecast: machine, ...nextIn(front) });
    for (const { path, label, forecast, leftShare } of groups) {
      // Pressure is that of the machine: it says nothing of one cgroup.
      if (!isAlarming(forecast, { leftShare })) continue;
      if (!this.#isNew(path, forecast, snapshot)) continue;
      const order = orderOfScope(snapshot, { kind: 'cgroup', path }, 1);
      alerts.push({ kind: 'forecast', path, label, forecast, ...nextIn(order.ok ? order.value : undefined) });
    }
    return alerts;
  }

  /** True for a fall that began after the last one was notified. */
  #isNew(key: string, { fallingSeconds }: Forecast, { monotonicMs }: Snapshot): boolean {
    const nowSeconds = monotonicMs / 1000;
    const lastSeconds = this.#saidSeconds.get(key);
    if (lastSeconds !== undefined && nowSeconds - fallingSeconds < lastSeconds) return false;
    this.#saidSeconds.set(key, nowSeconds);
    return true;
  }
}

/** Whom the kernel would kill. */
function nextIn(order: OrderOfScope | undefined): Pick<ForecastAlert, 'next'> {
  const first = order?.order.outcome === 'kills' ? order.order.places[0]?.task : undefined;
  return first === undefined ? {} : { next: namedWithProgram(first, order?.namesOf) };
}
