import { programOf } from '#shared/format/program.ts';
import { type NamedProcess } from '#shared/model/kill-order.ts';
import { compact } from '#shared/optional.ts';
import { type Snapshot } from '../snapshot.ts';
import { type ObservedProcess } from './observed-process.ts';

/** A process that is only mentioned: by what people call it, where that is not the kernel's name. */
export function named(process: ObservedProcess, namesOf: Snapshot['namesOf']): NamedProcess {
  const { pid, startTicks, name } = process;
  const label = namesOf?.(process).label;
  return { pid, startTicks, name, ...(label === undefined || label === name ? {} : { label }) };
}

/** The same, with the program where neither shows it. */
export function namedWithProgram(
  process: ObservedProcess,
  namesOf: Snapshot['namesOf'],
): NamedProcess & { readonly program?: string } {
  return { ...named(process, namesOf), ...compact({ program: programOf(process) }) };
}
