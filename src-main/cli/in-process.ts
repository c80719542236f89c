import { type Client } from '#shared/contract/client.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { type Snapshot } from '../collect/snapshot.ts';
import { type UnitFactsCache } from '../collect/units/unit-facts.ts';
import { clientOf } from '../composition.ts';
import { ENGINES_MS, type Containers } from '../containers/registry.ts';
import { handlersOf } from '../engine/requests.ts';
import { openWorld } from '../open-world.ts';
import { rootOf } from '../proc/kernel-files.ts';
import { kernelFiles, openSampler } from '../this-machine.ts';
import { logLine, reportFailure } from './terminal/output.ts';

/** The requests of the contract for one command in a terminal, with a first look at the machine. */
export interface InProcess {
  readonly client: Client;
  readonly snapshot: Snapshot;
  /** Facts about systemd's units: read before a preview uses them. */
  readonly unitFacts: UnitFactsCache;
  readonly containers: Containers;
  readonly close: () => Promise<void>;
}

/** Opens sampler, journal and the way to root; starts nothing. */
async function openInProcess(): Promise<Result<InProcess>> {
  const sampler = openSampler();
  if (!sampler.ok) return sampler;
  const { world, unitFacts, containers, close } = openWorld({
    files: kernelFiles(),
    sampler: sampler.value,
    policy: 'when-asked',
    asks: process.stdin.isTTY ? 'terminal' : 'none',
    log: logLine,
    // A rehearsal leaves nothing behind.
    lazy: true,
  });
  const client = clientOf(handlersOf(world), logLine);
  const end = async () => {
    client.close();
    await close();
  };
  const snapshot = world.readEverything();
  if (!snapshot.ok) {
    void end();
    return snapshot;
  }
  await containers.learn(snapshot.value, { timeoutMs: ENGINES_MS, details: false });
  return ok({ client, snapshot: snapshot.value, unitFacts, containers, close: end });
}

/** Runs with them, and closes them whatever comes of it. */
export async function inProcess(work: (opened: InProcess) => Promise<void>): Promise<void> {
  const opened = await openInProcess();
  if (!opened.ok) {
    reportFailure(opened.error);
    return;
  }
  try {
    await work(opened.value);
  } finally {
    await opened.value.close();
  }
}

/** Fails unless the tree that is read is the machine that is written to. */
export function isRealMachine(): Result<null> {
  if (rootOf(kernelFiles()) === '') return ok(null);
  return fail('not-asked', { why: 'other-tree' });
}

/** True when a user can see a question and answer it. */
export function isTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}
