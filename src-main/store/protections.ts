import { type DatabaseSync } from 'node:sqlite';
import { type ProcessId } from '#shared/model/process.ts';

/** A unit of the system, or of the manager of the user whose journal this is. */
export interface ProtectedUnit {
  readonly name: string;
  readonly ofUser: boolean;
}

/** What the user has protected. */
export interface Protections {
  /** Processes of this boot. */
  readonly processes: readonly ProcessId[];
  /** Units with a drop-in that was written for them. */
  readonly units: readonly ProtectedUnit[];
}

/** Reads from the entries of the journal what is protected. Throws what SQLite throws. */
export function protectionsIn(database: DatabaseSync, bootId: string): Protections {
  return { processes: protectedProcesses(database, bootId), units: protectedUnits(database) };
}

function protectedProcesses(database: DatabaseSync, bootId: string): ProcessId[] {
  return database
    .prepare(
      `SELECT pid, start_ticks, CAST(after AS INTEGER) < CAST(before AS INTEGER) AS lowered, max(id) FROM entries
       WHERE action IN ('set-adj', 'rule') AND boot_id = ? AND state = 'done' GROUP BY pid, start_ticks`,
    )
    .all(bootId)
    .filter((row) => row['lowered'] === 1)
    .map((row) => ({ pid: Number(row['pid']), startTicks: Number(row['start_ticks']) }));
}

/**
 * A drop-in outlives the boot. It protects with less than 0, or with less than the drop-in before it; keeping the same once more changes
 * nothing in that. What the unit had without a drop-in is not known here: 100 for a service of one's own that the user manager starts at 200 is
 * not seen as a protection.
 */
function protectedUnits(database: DatabaseSync): ProtectedUnit[] {
  return database
    .prepare(
      `SELECT subject, action = 'keep-user-unit-adj' AS of_user,
              action <> 'forget-unit-adj'
                AND (CAST(asked AS INTEGER) < 0 OR CAST(asked AS INTEGER) < CAST(nullif(before, '') AS INTEGER)) AS protects,
              max(id)
       FROM entries
       WHERE action IN ('keep-unit-adj', 'keep-user-unit-adj', 'forget-unit-adj') AND state = 'done'
         AND (CAST(asked AS INTEGER) < 0 OR asked IS NOT before)
       GROUP BY subject, of_user`,
    )
    .all()
    .filter((row) => row['protects'] === 1)
    .map((row) => ({ name: String(row['subject']), ofUser: row['of_user'] === 1 }));
}
