import { Lasting } from '#shared/killers/lasting.ts';
import { earlyoomScale, earlyoomTriggers } from '#shared/killers/earlyoom.ts';
import { machineFigures } from '#shared/killers/machine-figures.ts';
import { nohangPressed, nohangTriggers, type NohangFigures } from '#shared/killers/nohang.ts';
import { oomdTriggers } from '#shared/killers/oomd.ts';
import { withActsAt } from '#shared/killers/trigger.ts';
import { type Killer, type KillerTrigger } from '#shared/model/killer.ts';
import { compact } from '#shared/optional.ts';
import { type KernelFiles } from '../../proc/kernel-files.ts';
import { zramUsedBytes } from '../../proc/zram.ts';
import { type RunProgram } from '../run-program.ts';
import { type Snapshot } from '../snapshot.ts';
import { readEarlyoom } from './earlyoom.ts';
import { findKillers, type KillerProcess } from './find.ts';
import { type KillerSetup } from './killer-setup.ts';
import { readNohang } from './nohang.ts';
import { readOomd } from './oomd.ts';
import { WatchedCgroups } from './watched-cgroups.ts';

/** Age at which systemd-oomd is asked again: users log in, and have it watch their services. */
const FRESH_MS = 5 * 60_000;

interface Known {
  readonly setup: KillerSetup;
  readonly atMs: number;
}

/** What KillerWatch needs from outside. */
export interface KillerWatchOptions {
  readonly files: KernelFiles;
  /** How systemd-oomd and its manager are asked. */
  readonly run: RunProgram;
}

/** The other killers of this machine: how they are set up, and what each waits for. */
export class KillerWatch {
  readonly #files: KernelFiles;
  readonly #run: RunProgram;
  readonly #cgroups = new WatchedCgroups();
  readonly #nohangLasting = new Lasting();
  /** By process. */
  #known: ReadonlyMap<string, Known> = new Map();

  constructor({ files, run }: KillerWatchOptions) {
    this.#files = files;
    this.#run = run;
  }

  /** Looks which killers run, and reads how they are set up: at once what is in files, and by the time the promise resolves the rest. */
  async look(snapshot: Snapshot): Promise<void> {
    const found = findKillers(snapshot);
    const before = this.#known;
    const isFresh = (known: Known | undefined): known is Known =>
      known !== undefined && snapshot.monotonicMs - known.atMs < FRESH_MS;
    const known = new Map<string, Known>();
    const asked: Promise<void>[] = [];
    for (const each of found) {
      const key = keyOf(each);
      const old = before.get(key);
      if (old !== undefined) known.set(key, old);
      if (each.name === 'systemd-oomd') {
        if (!isFresh(old)) asked.push(this.#ask(each, snapshot.monotonicMs));
      } else if (old === undefined) {
        known.set(key, { setup: this.#read(each, snapshot), atMs: snapshot.monotonicMs });
      }
    }
    // One that has not answered yet runs all the same.
    for (const each of found) if (!known.has(keyOf(each))) known.set(keyOf(each), unanswered(each));
    this.#known = known;
    await Promise.all(asked);
  }

  /** What each of them waits for at the moment of a snapshot. Called for each in turn: how long pressure lasts is seen by that. */
  in(snapshot: Snapshot): readonly Killer[] {
    return [...this.#known.values()].map(({ setup }) => {
      const { name, pid, version, rehearses, unknown } = setup;
      const triggers = this.#triggers(setup, snapshot);
      return withActsAt({ name, pid, ...compact({ version, rehearses }), triggers, unknown });
    });
  }

  #triggers(setup: KillerSetup, snapshot: Snapshot): readonly KillerTrigger[] {
    const figures = machineFigures(snapshot.memory.state);
    switch (setup.name) {
      case 'earlyoom':
        return setup.options === undefined
          ? []
          : earlyoomTriggers(figures, setup.options, earlyoomScale(setup.version));
      case 'nohang': {
        const { conf, countsArc } = setup;
        if (conf === undefined) return [];
        const nohang = { ...figures, ...this.#nohangFigures(snapshot, conf.checksZram), countsArc };
        this.#nohangLasting.see(snapshot.monotonicMs, nohangPressed(nohang, conf));
        return nohangTriggers(nohang, conf);
      }
      case 'systemd-oomd':
        if (setup.setup === undefined) return [];
        this.#cgroups.see(setup.setup, snapshot.host.cgroups.unifiedMountPoint, snapshot.monotonicMs);
        return oomdTriggers(figures, setup.setup, (cgroup) => this.#cgroups.figures(cgroup));
    }
  }

  #nohangFigures(
    { memory }: Snapshot,
    checksZram: boolean,
  ): Pick<NohangFigures, 'zramUsedBytes' | 'pressurePercent' | 'lastedSeconds'> {
    const { pressure } = memory.state;
    return {
      ...compact({ zramUsedBytes: checksZram ? zramUsedBytes(this.#files) : undefined }),
      // The averages of 300 seconds are not read.
      pressurePercent:
        pressure === undefined
          ? 'unmeasured'
          : (metric) => (metric === 'some300' || metric === 'full300' ? undefined : pressure[metric]),
      lastedSeconds: (step) => this.#nohangLasting.seconds(step),
    };
  }

  #read({ name, process }: KillerProcess, snapshot: Snapshot): KillerSetup {
    return name === 'nohang'
      ? readNohang(this.#files, snapshot, process)
      : readEarlyoom(this.#files, process);
  }

  async #ask(killer: KillerProcess, atMs: number): Promise<void> {
    const setup = await readOomd(this.#files, killer.process, this.#run);
    const key = keyOf(killer);
    // It may have ended while it was asked.
    if (this.#known.has(key)) this.#known = new Map(this.#known).set(key, { setup, atMs });
  }
}

function unanswered({ name, process }: KillerProcess): Known {
  const setup = { pid: process.pid, unknown: ['configuration'] } as const;
  return {
    setup: name === 'nohang' ? { ...setup, name, countsArc: false } : { ...setup, name },
    atMs: -Infinity,
  };
}

function keyOf({ process }: KillerProcess): string {
  return `${process.pid} ${process.startTicks}`;
}
