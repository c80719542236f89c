import { describe, expect, it } from 'vitest';
import { Checkup } from '../../../../src-renderer/doctor/checkup.svelte.ts';
import { createPair } from '../pair.ts';
import { fail } from '#shared/result.ts';

const REPORT = { timeMs: 1, findings: [] };

describe('Checkup', () => {
  it('asks when the view is opened, not before', async () => {
    const pair = createPair();
    const checkup = new Checkup();
    checkup.attach(pair.client);
    expect(pair.asked).toEqual([]);
    void checkup.run();
    expect(checkup.busy).toBe(true);
    await pair.answer(REPORT);
    expect(checkup.report).toEqual(REPORT);
    expect(checkup.busy).toBe(false);
  });

  it('asks on the next line for what the broken one did not answer', async () => {
    const checkup = new Checkup();
    const first = createPair();
    checkup.attach(first.client);
    void checkup.run();
    first.breakLine();
    await Promise.resolve();
    expect(checkup.failure).toBeUndefined();
    const second = createPair();
    checkup.attach(second.client);
    expect(second.asked.map(({ request }) => request)).toEqual(['doctor.examine']);
    await second.answer(REPORT);
    expect(checkup.report).toEqual(REPORT);
  });

  it('keeps the old report when a new one cannot be had', async () => {
    const pair = createPair();
    const checkup = new Checkup();
    checkup.attach(pair.client);
    void checkup.run();
    await pair.answer(REPORT);
    void checkup.run();
    void checkup.run();
    expect(pair.asked.length).toBe(2);
    await pair.refuse(fail('proc-unreadable', { what: 'file', path: '/proc', errno: 'EACCES' }).error);
    expect(checkup.report).toEqual(REPORT);
    expect(checkup.failure?.code).toBe('proc-unreadable');
  });
});
