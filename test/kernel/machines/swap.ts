import { type Agent } from './agent.ts';

const zramMib = 96;

async function must(agent: Agent, ...command: readonly string[]): Promise<void> {
  const { code, stderr } = await agent.run(240_000, ...command);
  if (code !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
}

/** Gives a guest swap: its disk, or compressed memory. */
export async function swapOn(agent: Agent, kind: 'disk' | 'zram'): Promise<void> {
  const device = kind === 'disk' ? '/dev/vda' : '/dev/zram0';
  if (kind === 'zram') await agent.write('/sys/block/zram0/disksize', `${zramMib}M`);
  await must(agent, '/bin/mkswap', device);
  await must(agent, '/bin/swapon', device);
}

export async function swapOff(agent: Agent, kind: 'disk' | 'zram'): Promise<void> {
  await must(agent, '/bin/swapoff', kind === 'disk' ? '/dev/vda' : '/dev/zram0');
  if (kind === 'zram') await agent.write('/sys/block/zram0/reset', 1);
}
