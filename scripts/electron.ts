import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type SandboxFacts } from './front.ts';

/** From the start to the first bytes; then between one piece and the next. Where there is no network it is to be known at once. */
const PATIENCE = { firstMs: 6_000, nextMs: 20_000 } as const;
/** Time for `--version`, in milliseconds: a program that has all its libraries prints it within a second, also on a slow disk. */
const RUN_MS = 20_000;

/** Either it went well, or this is why not. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** The npm package, which comes without its program. */
export interface ElectronPackage {
  readonly folder: string;
  readonly version: string;
}

export function electronPackage(root: string): ElectronPackage {
  const folder = join(root, 'node_modules/electron');
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { folder, version };
}

/** The program; undefined where it was not fetched yet, or is that of another version. */
export function electronProgram({ folder, version }: ElectronPackage): string | undefined {
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist');
  const program = join(dist, 'electron');
  const is = existsSync(join(dist, 'version')) ? readFileSync(join(dist, 'version'), 'utf8').trim() : '';
  return existsSync(program) && is.replace(/^v/, '') === version ? program : undefined;
}

/** What a download tells of itself. */
interface Progress {
  readonly transferred: number;
  readonly total: number | null;
}
/** As much of `downloadArtifact` of @electron/get as is needed: it fills its cache, from which the package's own install.js unpacks. */
export type Download = (options: {
  readonly version: string;
  readonly artifactName: string;
  readonly checksums: Readonly<Record<string, string>>;
  readonly cacheRoot?: string;
  readonly downloadOptions: {
    readonly quiet: boolean;
    readonly signal: AbortSignal;
    readonly getProgressCallback: (progress: Progress) => Promise<void>;
  };
}) => Promise<string>;

/** The very copy of @electron/get that the package works with. */
export async function electronGet({ folder }: ElectronPackage): Promise<Download> {
  const path = createRequire(join(folder, 'package.json')).resolve('@electron/get');
  const { downloadArtifact } = (await import(pathToFileURL(path).href)) as { downloadArtifact: Download };
  return downloadArtifact;
}

/** Fetches the program into Electron's own cache; checksums are those of the package. Gives up soon where nothing comes. */
export async function downloadElectron(
  { folder, version }: ElectronPackage,
  download: Download,
  onPercent: (percent: number) => void,
  patience: { readonly firstMs: number; readonly nextMs: number } = PATIENCE,
): Promise<Outcome> {
  const checksums = JSON.parse(readFileSync(join(folder, 'checksums.json'), 'utf8')) as Record<
    string,
    string
  >;
  const cacheRoot = process.env['electron_config_cache'];
  const giveUp = new AbortController();
  const wait = (ms: number) =>
    setTimeout(() => {
      giveUp.abort(new Error(`nothing came for ${Math.round(ms / 1000)} s`));
    }, ms);
  let timer = wait(patience.firstMs);
  let percent = -1;
  try {
    await download({
      version,
      artifactName: 'electron',
      checksums,
      ...(cacheRoot === undefined ? {} : { cacheRoot }),
      downloadOptions: {
        quiet: true,
        signal: giveUp.signal,
        getProgressCallback: ({ transferred, total }) => {
          clearTimeout(timer);
          timer = wait(patience.nextMs);
          const now = total === null ? 0 : Math.floor((100 * transferred) / total);
          if (now !== percent) onPercent((percent = now));
          return Promise.resolve();
        },
      },
    });
    return { ok: true };
  } catch (error) {
    return { ok: false, why: causeOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Unpacks what was downloaded, by the package's own means. */
export function unpackElectron({ folder }: ElectronPackage): Outcome {
  return outcomeOf(spawnSync(process.execPath, [join(folder, 'install.js')], { encoding: 'utf8' }));
}

/** Whether the program finds all its libraries, which servers do not have: asked as a Node, so that nothing is shown. */
export function tryElectron(program: string): Outcome {
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  return outcomeOf(spawnSync(program, ['-e', '0'], { encoding: 'utf8', env, timeout: RUN_MS }));
}

export function sandboxFacts(program: string): SandboxFacts {
  const helper = statSync(join(program, '../chrome-sandbox'), { throwIfNoEntry: false });
  const maxUserNamespaces = sysctl('user/max_user_namespaces');
  const usernsClone = sysctl('kernel/unprivileged_userns_clone');
  const apparmorRestricts = sysctl('kernel/apparmor_restrict_unprivileged_userns');
  return {
    hasSetuidHelper: helper?.uid === 0 && (helper.mode & 0o4001) === 0o4001,
    ...(maxUserNamespaces === undefined ? {} : { maxUserNamespaces }),
    ...(usernsClone === undefined ? {} : { usernsClone }),
    ...(apparmorRestricts === undefined ? {} : { apparmorRestricts }),
  };
}

function sysctl(name: string): string | undefined {
  const path = `/proc/sys/${name}`;
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}

function outcomeOf(ran: ReturnType<typeof spawnSync>): Outcome {
  if (ran.status === 0) return { ok: true };
  const said = String(ran.stderr).trim().split('\n')[0] ?? '';
  return {
    ok: false,
    why: ran.error?.message ?? (said === '' ? `it ended with ${ran.status ?? ran.signal}` : said),
  };
}

/** The innermost of an error's causes: that of `fetch failed` says what failed. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? causeOf(error.cause) : (error.message.split('\n')[0] ?? '');
}
