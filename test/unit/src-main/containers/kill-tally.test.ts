import { describe, expect, it } from 'vitest';
import { KillTally, type CountedKills } from '../../../../src-main/containers/kill-tally.ts';

/** One container with a cgroup that comes and goes. */
function stage() {
  let nowMs = 0;
  let cgroup: CountedKills | undefined;
  const tally = new KillTally(
    () => cgroup,
    () => nowMs,
  );
  return {
    tally,
    pass: (ms: number) => (nowMs += ms),
    set: (next: CountedKills | undefined) => (cgroup = next),
    before: () => tally.before('a'),
  };
}

describe('the kills of a container over its restarts', () => {
  it('count one for each life whose only process is killed with its cgroup', () => {
    const { tally, set, pass, before } = stage();
    for (let life = 1; life <= 10; life += 1) {
      set({ inode: life, kills: 0 });
      tally.started('a');
      expect(before()).toBe(life - 1);
      set(undefined);
      tally.oom('a');
      tally.died('a');
      expect(before()).toBe(life);
      pass(5_000);
    }
  });

  it('count the same kill once when the cgroup was still there to be read', () => {
    const { tally, set, before } = stage();
    set({ inode: 1, kills: 0 });
    tally.started('a');
    set({ inode: 1, kills: 1 });
    tally.oom('a');
    tally.oom('a');
    set(undefined);
    tally.oom('a');
    tally.died('a');
    expect(before()).toBe(1);
  });

  it('count a kill that the engine tells of before the kernel has counted it', () => {
    const { tally, set, before } = stage();
    set({ inode: 1, kills: 0 });
    tally.started('a');
    tally.oom('a');
    set(undefined);
    tally.died('a');
    expect(before()).toBe(1);
  });

  it('do not count what the engine told of long before the container ended by itself', () => {
    const { tally, set, pass, before } = stage();
    set({ inode: 1, kills: 0 });
    tally.started('a');
    tally.oom('a');
    pass(60_000);
    set(undefined);
    tally.died('a');
    expect(before()).toBe(0);
  });

  it('go on without an engine when the inode of the cgroup changes', () => {
    const { tally, set, before } = stage();
    set({ inode: 1, kills: 3 });
    tally.seen('a', 3);
    expect(before()).toBe(0);
    set({ inode: 2, kills: 0 });
    tally.seen('a', 0);
    expect(before()).toBe(3);
    set({ inode: 2, kills: 1 });
    tally.seen('a', 1);
    tally.seen('a', 1);
    expect(before()).toBe(3);
  });

  it('are not counted again from a reading that is older than the end', () => {
    const { tally, set, before } = stage();
    set({ inode: 1, kills: 2 });
    tally.seen('a', 2);
    set(undefined);
    tally.died('a');
    expect(before()).toBe(2);
    tally.seen('a', 2);
    set({ inode: 2, kills: 0 });
    tally.seen('a', 2);
    expect(before()).toBe(2);
    tally.died('a');
    expect(before()).toBe(2);
  });

  it('are completed by the kernel’s log, which names what no counter showed', () => {
    const { tally, set, before } = stage();
    set({ inode: 1, kills: 0 });
    tally.seen('a', 0);
    // Killed and restarted between two readings, without an engine that tells.
    set({ inode: 2, kills: 0 });
    tally.logged('a');
    expect(before()).toBe(1);
    set({ inode: 2, kills: 1 });
    tally.logged('a');
    expect(before()).toBe(1);
  });

  it('are read no more often than they change', () => {
    let reads = 0;
    const tally = new KillTally(() => {
      reads += 1;
      return { inode: 1, kills: 2 };
    });
    for (let tick = 0; tick < 100; tick += 1) tally.seen('a', 2);
    expect(reads).toBe(1);
  });
});
