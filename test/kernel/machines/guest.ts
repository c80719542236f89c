import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, ftruncateSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, Gone } from './agent.ts';
import { type KernelImage } from './kernels.ts';
import { type Machine } from './machine.ts';
import { runFolder } from '../paths.ts';

export interface GuestOptions {
  readonly memoryMib: number;
  /** Size of the disk for swap, /dev/vda; /dev/vdb is for files, at /cache. */
  readonly swapMib: number;
  readonly filesMib?: number;
  /**
   * Its clock counts instructions, a nanosecond each, and goes on at once while it waits: minutes pass in seconds, and a busy host does not make it
   * slower. It must not wait for the host then: what is measured runs in the guest as a whole.
   */
  readonly virtualTime?: true;
}

function emptyDisk(name: string, mib: number): string {
  const path = join(runFolder, `${name}.img`);
  const fd = openSync(path, 'w');
  ftruncateSync(fd, mib * 2 ** 20);
  closeSync(fd);
  return path;
}

/** Process 1 of a guest answers whatever happens to others: one that is silent for so long hangs. */
const longestSilenceMs = 180_000;
/** The longest boot. One that panics ends at once (panic=-1, -no-reboot), and so does the wait for it. */
const longestBootMs = 240_000;
const cpus = 2;

/** Guests that were started: two run beside each other, with files of their own. */
let guests = 0;

function watchLife(agent: Agent): NodeJS.Timeout {
  return setInterval(() => {
    if (agent.isGone) return;
    agent.request('read', '/proc/uptime').catch(() => undefined);
    if (agent.silentMs > longestSilenceMs)
      agent.fail(new Gone(`the guest has been silent for ${longestSilenceMs / 1000} s`));
  }, 5000);
}

/**
 * Boots a guest by software emulation and waits for its agent. The line to it is a virtio port, its console a file. Once in many boots the
 * emulator breaks the kernel while it patches its own code; nothing has been asked of that guest yet, and another one is booted.
 */
export async function bootGuest(
  kernel: KernelImage,
  initramfs: string,
  options: GuestOptions,
): Promise<Machine> {
  try {
    return await boot(kernel, initramfs, options);
  } catch (error) {
    if (!(error instanceof Error && error.cause instanceof Gone)) throw error;
    process.stdout.write(`booted again: ${error.message.slice(0, 200)}\n`);
    return boot(kernel, initramfs, options);
  }
}

async function boot(kernel: KernelImage, initramfs: string, options: GuestOptions): Promise<Machine> {
  const guest = ++guests;
  const count = options.virtualTime === true ? 1 : cpus;
  const console = join(runFolder, `console-${guest}.log`);
  const disks = [
    emptyDisk(`swap-${guest}`, options.swapMib),
    emptyDisk(`files-${guest}`, options.filesMib ?? 64),
  ];
  closeSync(openSync(console, 'w'));
  const qemu = spawn(
    'qemu-system-x86_64',
    [
      ...[
        '-accel',
        'tcg',
        ...(options.virtualTime === true ? ['-icount', 'shift=0,sleep=off'] : []),
        // With random numbers from the start. Without, the kernel patches its own code for them a minute later, which the emulator now and
        // then makes a guest stumble over.
        '-cpu',
        'qemu64,+rdrand',
        '-smp',
        String(count),
        '-m',
        String(options.memoryMib),
        '-display',
        'none',
        '-no-reboot',
        '-nodefaults',
      ],
      ...[
        '-kernel',
        kernel.vmlinuz,
        '-initrd',
        initramfs,
        '-append',
        'console=ttyS0 panic=-1 quiet printk.devkmsg=on',
      ],
      ...['-serial', `file:${console}`],
      ...[
        '-device',
        'virtio-serial-pci',
        '-chardev',
        'stdio,id=lab,signal=off',
        '-device',
        'virtserialport,chardev=lab,name=lab',
      ],
      ...disks.flatMap((disk) => ['-drive', `file=${disk},format=raw,if=virtio,cache=unsafe`]),
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const ended = new Promise<void>((resolve) => {
    qemu.on('close', () => {
      resolve();
    });
  });
  let complaints = '';
  qemu.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const agent = new Agent(qemu.stdin, qemu.stdout);
  const readConsole = () => `${complaints}${readFileSync(console, 'latin1')}`;
  qemu.on('error', (error) => {
    agent.fail(new Gone(`qemu-system-x86_64: ${error.message}`));
  });
  const heartbeat = watchLife(agent);
  const close = async () => {
    clearInterval(heartbeat);
    qemu.kill('SIGKILL');
    await ended;
  };
  try {
    await agent.hello(longestBootMs);
    const release = (await agent.read('/proc/sys/kernel/osrelease')).trim();
    await agent.write('/sys/fs/cgroup/cgroup.subtree_control', '+memory');
    await agent.request('mkdir', '/sys/fs/cgroup/lab');
    await agent.write('/sys/fs/cgroup/lab/cgroup.subtree_control', '+memory');
    return {
      name: `Debian ${release}`,
      release,
      agent,
      isGuest: true,
      cgroupVersion: 2,
      cgroupRoot: '/sys/fs/cgroup/lab',
      cgroupPath: '/lab',
      eater: '/eater',
      // With the flags that packages start it with: under emulation a start costs a quarter less.
      lifeboat: ['/node', '--max-semi-space-size=1', '--v8-pool-size=0', '/app/out/main/lifeboat.js'],
      mayLowerAdj: true,
      hasSwap: false,
      cpus: count,
      patience: 8,
      console: readConsole,
      close,
    };
  } catch (error) {
    await close();
    throw new Error(`${kernel.release} did not come up: ${String(error)}\n${readConsole().slice(-3000)}`, {
      cause: error,
    });
  }
}
