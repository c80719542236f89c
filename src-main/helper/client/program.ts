import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Result } from '#shared/result.ts';
import { quoted } from '#shared/format/terminal-command.ts';
import { changeableBy, type Owner, type TrustLevel } from './trust.ts';

/** The files that make a helper: what to run, and what has to be trusted for it. */
export interface HelperFiles {
  readonly command: readonly string[];
  readonly trusted: readonly string[];
}

/** Where helpers can be. */
export interface HelperPlaces {
  /** Of the deb and rpm: a wrapper of fixed path, which has a polkit action of its own. */
  readonly wrapper: string;
  /** A folder for a copy that root has made of `node` and `helper.cjs`, for users who run Lifeboat from a folder of their own. */
  readonly copy: string;
  /** The ones that this Lifeboat came with. */
  readonly node: string;
  readonly helper: string;
}

/** This program's own places: the helper is built beside the command. */
export const HELPER_PLACES: HelperPlaces = {
  wrapper: '/opt/Lifeboat/resources/bin/lifeboat-helper',
  copy: '/usr/local/lib/lifeboat',
  node: process.execPath,
  helper: join(import.meta.dirname, '../helper/helper.cjs'),
};

const IS_ELECTRON = 'electron' in process.versions;
/** Electron runs as Node only with this variable, and neither pkexec nor sudo pass our environment on. */
const AS_NODE = IS_ELECTRON ? ['/usr/bin/env', 'ELECTRON_RUN_AS_NODE=1'] : [];

/**
 * A small young generation keeps the helper at one size: measured over 200,000 lines, 2 MiB of growth instead of 40. The other flag puts off
 * the collection of everything, which a helper comes to a second after its start: V8 asks for memory to do it, and ends the process where
 * strict overcommit gives none. Measured with 6.12 and a commit limit of 0: 4 of 8 helpers died without it, none of 30 with it and the
 * room of self.ts.
 */
export const NODE_FLAGS = ['--max-semi-space-size=1', '--initial-old-space-size=64'];

/** The helper that came with this very program, for a Lifeboat that is root already: then all of it runs as root from there. */
export function ownHelper({ node, helper }: HelperPlaces): Result<HelperFiles> {
  if (!existsSync(helper) || !existsSync(node)) {
    return fail('helper-missing', { path: helper });
  }
  // Literal paths that never change meaning: polkit's rules go by them, and so does the check below.
  const files = [realpathSync(node), realpathSync(helper)] as const;
  const [nodeFile, helperFile] = files;
  return ok({ command: [...AS_NODE, nodeFile, ...NODE_FLAGS, helperFile], trusted: files });
}

/**
 * The helper to run by pkexec, sudo or WSL: the package's, a copy that root made, or our own, in this order. It is refused where another
 * user could change it between the check and the start, or at any time before the next one: a program that can write there would become
 * root by the next permission. At level `root` that includes the user's own programs, all of which may write to the user's folders.
 */
export function helperForRoot(places: HelperPlaces, level: TrustLevel, owner: Owner): Result<HelperFiles> {
  const found = findHelper(places);
  if (!found.ok) return found;
  for (const path of found.value.trusted) {
    const weak = changeableBy(path, level, owner);
    if (weak === undefined) continue;
    return fail('helper-untrusted', {
      path,
      weak,
      copy: IS_ELECTRON ? undefined : copyCommand(places),
    });
  }
  return found;
}

function findHelper(places: HelperPlaces): Result<HelperFiles> {
  const { wrapper, copy } = places;
  if (existsSync(wrapper)) return ok({ command: [wrapper], trusted: [wrapper] });
  const copied = { ...places, node: join(copy, 'node'), helper: join(copy, 'helper.cjs') };
  return existsSync(copied.helper) && existsSync(copied.node) ? ownHelper(copied) : ownHelper(places);
}

/**
 * Commands to paste into a terminal so that root makes the copy. The user who runs them vouches for the files as they are at that moment.
 * Empty for an Electron: one file of it is no Node.
 */
export function copyCommand({ copy, node, helper }: HelperPlaces): string {
  if (IS_ELECTRON) return '';
  const install = (mode: string, from: string, name: string) =>
    `sudo install -D -o root -g root -m ${mode} ${quoted(from)} ${quoted(join(copy, name))}`;
  return `${install('0755', node, 'node')} && ${install('0644', helper, 'helper.cjs')}`;
}

/**
 * What to paste into a terminal instead of what could not be started: this program as root. Empty for an Electron that is not installed, such
 * as an AppImage's: it is no command, and root cannot read it.
 */
export function commandAsRoot({ wrapper }: HelperPlaces): string {
  if (IS_ELECTRON) return existsSync(wrapper) ? 'sudo lifeboat' : '';
  return ['sudo', process.execPath, process.argv[1] ?? ''].map(quoted).join(' ').trim();
}
