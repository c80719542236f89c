import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { withDescriptor } from '../descriptors.ts';
import { type LaterSetter, type SysctlName } from '#shared/model/sysctl/sysctl.ts';
import { type KernelFiles, readText, readFailure } from '../kernel-files.ts';

/** Programs that are a kubelet or have one in them (k3s, microk8s), as the kernel cuts their names. */
const KUBELETS: ReadonlySet<string> = new Set(['kubelet', 'kubelite', 'k3s', 'k3s-server', 'k3s-agent']);
/** pkg/kubelet/cm/container_manager_linux.go, setupKernelTunables(), with pkg/util/sysctl/sysctl.go. */
const TUNABLES: readonly (readonly [SysctlName, string])[] = [
  ['vm.overcommit_memory', '1'],
  ['vm.panic_on_oom', '0'],
  ['kernel.panic', '10'],
];
const DEFAULT_CONFIG = '/var/lib/kubelet/config.yaml';

/** What a kubelet that runs sets whenever it starts. With protectKernelDefaults it sets nothing, and ends where the values differ. */
export function kubeletSetters(
  { proc }: KernelFiles,
  root: string,
): readonly (LaterSetter & { readonly name: SysctlName })[] {
  const kubelet = processesOf(proc).find(({ name }) => KUBELETS.has(name));
  if (kubelet === undefined || protectsDefaults(proc, kubelet.pid, root)) return [];
  return TUNABLES.map(([name, value]) => ({ name, kind: 'kubelet', by: kubelet.name, value }));
}

function processesOf(proc: string): readonly { readonly pid: string; readonly name: string }[] {
  return namesIn(proc)
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const stat = readText(`${proc}/${pid}/stat`);
      const name = stat.ok ? /\((.*)\)/s.exec(stat.value)?.[1] : undefined;
      return name === undefined ? [] : [{ pid, name }];
    });
}

function namesIn(folder: string): readonly string[] {
  try {
    return withDescriptor(() => readdirSync(folder));
  } catch (error) {
    readFailure(error, folder);
    return [];
  }
}

function protectsDefaults(proc: string, pid: string, root: string): boolean {
  const read = readText(`${proc}/${pid}/cmdline`);
  const words = read.ok ? read.value.split('\0') : [];
  const flag = words.find((word) => word.startsWith('--protect-kernel-defaults'));
  if (flag !== undefined) return !flag.endsWith('=false');
  const config =
    words.find((word) => word.startsWith('--config='))?.slice('--config='.length) ?? DEFAULT_CONFIG;
  const text = readText(join(root, config));
  return text.ok && /^protectKernelDefaults:\s*true\s*$/m.test(text.value);
}
