import { readdirSync } from 'node:fs';
import { type WslShare } from '#shared/model/wsl.ts';
import { decimal } from '../proc/fields.ts';
import { type KernelFiles, readText } from '../proc/kernel-files.ts';

const CONTAINER = /^[0-9a-f]{64}$/;
const DISTRIBUTION = /^distro-\d{1,10}$/;
/** No virtual machine has nearly as many. */
const MOST_DISTRIBUTIONS = 200;

/** What each distribution takes, by its cgroup; this one first, the others largest first. */
export function distributionShares(files: KernelFiles, ownName: string): readonly WslShare[] {
  const folder = `${files.sys}/fs/cgroup/wsl-user`;
  const own = ownDistribution(files);
  const shares: WslShare[] = [];
  for (const key of namesIn(folder)
    .filter((name) => DISTRIBUTION.test(name))
    .slice(0, MOST_DISTRIBUTIONS)) {
    const memoryBytes = figure(`${folder}/${key}/memory.current`);
    if (memoryBytes === undefined) continue;
    if (key === own) shares.push({ key, of: 'own', name: ownName, memoryBytes });
    else if (hasDocker(`${folder}/${key}`))
      shares.push({ key, of: 'docker', name: 'docker-desktop', memoryBytes });
    else shares.push({ key, of: 'other', memoryBytes });
  }
  return shares.sort(
    (a, b) => Number(b.of === 'own') - Number(a.of === 'own') || b.memoryBytes - a.memoryBytes,
  );
}

/** What containers of Docker Desktop take where distributions are not kept apart: its cgroup is seen from all of them. */
export function dockerShare(files: KernelFiles): readonly WslShare[] {
  const root = `${files.sys}/fs/cgroup`;
  for (const [folder, file] of [
    [`${root}/docker`, 'memory.current'],
    [`${root}/memory/docker`, 'memory.usage_in_bytes'],
  ] as const) {
    if (!namesIn(folder).some((name) => CONTAINER.test(name))) continue;
    const memoryBytes = figure(`${folder}/${file}`);
    if (memoryBytes !== undefined)
      return [{ key: 'docker', of: 'docker', name: 'docker-desktop', memoryBytes }];
  }
  return [];
}

/** Whether distributions have cgroups of their own. */
export function isIsolated(files: KernelFiles): boolean {
  return namesIn(`${files.sys}/fs/cgroup/wsl-user`).some((name) => DISTRIBUTION.test(name));
}

function ownDistribution({ proc }: KernelFiles): string | undefined {
  const text = readText(`${proc}/self/cgroup`);
  return text.ok ? /^0::\/wsl-user\/(distro-\d+)(?:\/|$)/m.exec(text.value)?.[1] : undefined;
}

/** Docker Desktop uses cgroupfs: its containers stand below `docker`. */
function hasDocker(folder: string): boolean {
  return ['docker', 'non-systemd/docker'].some((below) =>
    namesIn(`${folder}/${below}`).some((name) => CONTAINER.test(name)),
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Another distribution may end at any moment.
    return [];
  }
}

function figure(path: string): number | undefined {
  const text = readText(path);
  const value = text.ok ? decimal(text.value.trim()) : Number.NaN;
  return Number.isNaN(value) ? undefined : value;
}
