import { programOf } from '#shared/format/program.ts';
import { type NamedProcess } from '#shared/model/kill-order.ts';
import { compact } from '#shared/optional.ts';
import { type ObservedProcess } from './observed-process.ts';

/** What people know a process by: its name, and the program where that does not show it. */
export function namedWithProgram(process: ObservedProcess): NamedProcess & { readonly program?: string } {
  const { pid, startTicks, name } = process;
  return { pid, startTicks, name, ...compact({ program: programOf(process) }) };
}
