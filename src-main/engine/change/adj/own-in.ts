import { processKey, type ProcessId } from '#shared/model/process.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';

/** Tells whether a process belonged to a user in a snapshot, so that writing to it may need no root. */
export function ownIn({ processes }: Snapshot, ownUid: number): (process: ProcessId) => boolean {
  const owners = new Map(processes.map((process) => [processKey(process), process.euid]));
  return (process) => owners.get(processKey(process)) === ownUid;
}
