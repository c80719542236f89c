import { describe, expect, it } from 'vitest';
import { fail } from '#shared/result.ts';
import { WslState } from '../../../../src-renderer/doctor/wsl.svelte.ts';
import { createPair } from '../pair.ts';

function attached() {
  const pair = createPair();
  const state = new WslState();
  state.attach(pair.client);
  return { pair, state };
}

describe('WslState', () => {
  it('asks nothing before the line or the view is there', () => {
    const { pair } = attached();
    expect(pair.asked).toEqual([]);
  });

  it('keeps the last figures when new ones cannot be had', async () => {
    const { pair, state } = attached();
    void state.look();
    await pair.answer({ machine: { version: 2 } });
    expect(state.machine).toEqual({ version: 2 });
    void state.look();
    await pair.refuse(fail('proc-unreadable', { what: 'file', path: '/proc', errno: 'EACCES' }).error);
    expect(state.machine).toEqual({ version: 2 });
  });

  it('asks on the next line for the report that the broken one did not bring', async () => {
    const { pair, state } = attached();
    void state.read();
    void state.read();
    expect(pair.asked.map(({ request }) => request)).toEqual(['doctor.wsl']);
    pair.breakLine();
    await Promise.resolve();
    const next = createPair();
    state.attach(next.client);
    await next.answer({ report: { wslconfigs: [] } });
    expect(state.report).toEqual({ wslconfigs: [] });
    expect(state.busy).toBe(false);
  });

  it('has Windows asked once at a time, and says why it gave no answer', async () => {
    const { pair, state } = attached();
    void state.ask();
    void state.ask();
    expect(pair.asked.map(({ request }) => request)).toEqual(['doctor.askWindows']);
    await pair.answer({ vmBytes: 5 });
    expect(state.answer).toEqual({ vmBytes: 5 });
    void state.ask();
    await pair.refuse(fail('windows-silent', { why: 'slow', seconds: 5 }).error);
    expect(state.answer).toBeUndefined();
    expect(state.silence?.code).toBe('windows-silent');
  });
});
