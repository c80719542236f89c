import { execFileSync } from 'node:child_process';
import { constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Agent } from '../../../../kernel/machines/agent.ts';

function line() {
  const output = new PassThrough();
  const input = new PassThrough();
  return { agent: new Agent(input, output), output, input };
}

describe('Agent', () => {
  it('reads what came while this process did not get to run before it gives up', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lifeboat-agent-'));
    const path = join(folder, 'line');
    execFileSync('mkfifo', [path]);
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    const output = new Socket({ fd });
    try {
      const greeted = new Agent(new PassThrough(), output).hello(20);
      const end = performance.now() + 50;
      writeSync(fd, 'hello 1\n');
      while (performance.now() < end);
      await expect(greeted).resolves.toBeUndefined();
    } finally {
      output.destroy();
      rmSync(folder, { recursive: true });
    }
  });

  it('gives up in the end', async () => {
    await expect(line().agent.hello(5)).rejects.toThrow('waited 0.005 s for the agent to say hello');
  });

  it('knows nothing of an earlier process with the same pid, and all of one that ends at once', async () => {
    const { agent, output } = line();
    const first = agent.start(undefined, -1, '/eater');
    output.write('1 ok 7\nout 7 ready\nexit 7 0\n');
    expect(await first).toBe(7);
    expect([agent.saidBy(7), agent.hasExited(7)]).toEqual([['ready'], true]);
    const second = agent.start(undefined, -1, '/eater');
    output.write('2 ok 7\n');
    await second;
    expect([agent.saidBy(7), agent.hasExited(7)]).toEqual([[], false]);
  });
});
