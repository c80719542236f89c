import { KILLER_NAMES, type KillerName } from '#shared/model/killer.ts';
import { type ObservedProcess } from '../processes/observed-process.ts';
import { type Snapshot } from '../snapshot.ts';

/** A program that kills before the kernel does, and the process that it is. */
export interface KillerProcess {
  readonly name: KillerName;
  readonly process: ObservedProcess;
}

/** Those that run, by the name that the kernel has for them. */
export function findKillers({ processes }: Pick<Snapshot, 'processes'>): KillerProcess[] {
  return processes.flatMap((process) => {
    const name = killerName(process);
    return name === undefined || process.memory === undefined ? [] : [{ name, process }];
  });
}

const RUNS_NOHANG = /^\S+ (?:-\S+ )*(?:\S*\/)?nohang(?: |$)/;

function killerName({ name, command }: ObservedProcess): KillerName | undefined {
  // nohang is a script that env(1) starts: the kernel knows it as python3. It kills with --monitor alone.
  if (name === 'nohang' || (/^python[\d.]*$/.test(name) && RUNS_NOHANG.test(command)))
    return / --monitor(?: |$)/.test(command) ? 'nohang' : undefined;
  // comm holds 15 bytes.
  return KILLER_NAMES.find((killer) => name === killer.slice(0, 15));
}
