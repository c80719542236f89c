import { type Result } from '#shared/result.ts';
import { SYSTEM_CLOCK } from './collect/clock.ts';
import { type HostFacts } from './collect/machine/host-facts.ts';
import { Sampler } from './collect/sampler.ts';
import { KillerWatch } from './collect/killers/killer-watch.ts';
import { runProgram } from './collect/run-program.ts';
import { askSystemd } from './collect/units/ask-systemd.ts';
import { askUnitFiles } from './collect/units/unit-files.ts';
import { UnitFactsCache } from './collect/units/unit-facts.ts';
import { enginePlaces } from './containers/engines/places.ts';
import { ContainerRegistry } from './containers/registry.ts';
import { engineFolders } from './containers/without-engine/names-in-files.ts';
import { FileTree } from './file-tree.ts';
import { dataPlaces } from './names/data-places.ts';
import { DesktopFiles } from './names/desktop-files.ts';
import { Icons } from './names/icons.ts';
import { Packages } from './names/packages.ts';
import { ProcessNaming, type NamingSources } from './names/process-naming.ts';
import { homeFolder } from './store/folders.ts';
import { HOST_FILES, rootOf, type KernelFiles } from './proc/kernel-files.ts';

/** What stands before every path: nothing on this machine. */
export function systemRoot(): string {
  return process.env['LIFEBOAT_ROOT'] ?? '';
}

/** The kernel files of this machine; another root for tests of the built program (`LIFEBOAT_ROOT=/tmp/tree`). */
export function kernelFiles(): KernelFiles {
  const root = systemRoot();
  return root === '' ? HOST_FILES : { proc: `${root}/proc`, sys: `${root}/sys`, etc: `${root}/etc` };
}

/** Facts about this machine's units; where systemd does not answer, and of another tree, what the files of the units say. */
export function openUnitFacts(): UnitFactsCache {
  const root = systemRoot();
  const files = askUnitFiles(new FileTree(root));
  if (root !== '') return new UnitFactsCache(files);
  return new UnitFactsCache(
    async (manager, names) => (await askSystemd(manager, names)) ?? files(manager, names),
  );
}

/** The other killers of this machine; of another tree only what its files say. */
export function openKillerWatch(): KillerWatch {
  const run = systemRoot() === '' ? runProgram : () => Promise.resolve(undefined);
  return new KillerWatch({ files: kernelFiles(), run });
}

/** Opens the sampler on this machine. */
export function openSampler(): Result<Sampler> {
  return Sampler.open(kernelFiles(), SYSTEM_CLOCK);
}

/** The containers of this machine; of another tree those of the engine that DOCKER_HOST names. Asks nothing yet. */
export function openContainers({ host }: { readonly host: HostFacts }): ContainerRegistry {
  const files = kernelFiles();
  const root = rootOf(files);
  const folders = engineFolders(root, root === '' ? homeFolder() : `${root}/root`);
  return new ContainerRegistry({ files, host, places: () => enginePlaces(root), folders });
}

/** What people call the processes of this machine, and the icons of its applications. Reads nothing yet. */
export function openNaming(sources: Pick<NamingSources, 'containers' | 'unitFacts'>): {
  readonly naming: ProcessNaming;
  readonly icons: Icons;
} {
  const files = kernelFiles();
  const tree = new FileTree(rootOf(files));
  const { env } = process;
  const uid = process.geteuid?.() ?? 0;
  const places = dataPlaces(tree, env, homeFolder(), uid);
  // As the C library chooses the language of messages (setlocale(3)): an empty one counts as none.
  const locale = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find(
    (each) => each !== undefined && each !== '',
  );
  const icons = new Icons(tree, places);
  const naming = new ProcessNaming({
    ...sources,
    icons,
    desktop: new DesktopFiles(tree, places, locale ?? ''),
    packages: new Packages(tree, places, files, uid),
  });
  return { naming, icons };
}
