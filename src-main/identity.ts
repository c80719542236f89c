import { readMachineIdentity } from './collect/machine/machine-identity.ts';

/**
 * Prints the identity of the machine as one JSON object, and ends. A program of its own, so that the 11 MiB that systeminformation takes
 * are freed with it: the monitor runs for weeks and asks once.
 */
process.stdout.write(JSON.stringify(await readMachineIdentity()));
