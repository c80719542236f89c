import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a condition holds that nothing announces. Throws after `mostMs`, with what was waited for. */
export async function until(condition: () => boolean, mostMs: number, what: () => string): Promise<void> {
  const patientUntil = performance.now() + mostMs;
  while (!condition()) {
    if (performance.now() > patientUntil) throw new Error(`${what()} (waited ${mostMs / 1000} s)`);
    await sleep(10);
  }
}
