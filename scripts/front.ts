/** How `npm start` shows itself. `why` is absent where the page was asked for. */
export type Front = { readonly kind: 'window' } | { readonly kind: 'page'; readonly why?: string };

/** What decides it before anything is fetched or started. */
export interface FrontFacts {
  /** What follows `npm start --`. */
  readonly args: readonly string[];
  readonly uid: number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isWsl: boolean;
}

/** Arguments of the window; any other is one of `lifeboat serve` and asks for the page. */
export const WINDOW_ARGS: readonly string[] = ['--hidden'];
/** Asks for the page and for nothing else. */
export const PAGE_ARG = '--page';

/** Whether there is somewhere to show a window or a browser. */
export function hasDisplay(env: FrontFacts['env']): boolean {
  return (env['DISPLAY'] ?? '') !== '' || (env['WAYLAND_DISPLAY'] ?? '') !== '';
}

/** The window wherever there can be one. */
export function chooseFront({ args, uid, env, isWsl }: FrontFacts): Front {
  if (args.some((arg) => !WINDOW_ARGS.includes(arg))) return { kind: 'page' };
  if (uid === 0) return page('a window never runs as root; started as yourself Lifeboat has one');
  if (hasDisplay(env)) return { kind: 'window' };
  return page(isWsl ? 'this WSL shows no windows (WSLg is off or missing)' : 'there is no display');
}

function page(why: string): Front {
  return { kind: 'page', why };
}

/** How the kernel and the distribution are set up for the sandbox that Chromium puts pages into. Values as in /proc/sys; absent where there is no such file. */
export interface SandboxFacts {
  /** user.max_user_namespaces */
  readonly maxUserNamespaces?: string;
  /** kernel.unprivileged_userns_clone, of Debian's kernels. */
  readonly usernsClone?: string;
  /** kernel.apparmor_restrict_unprivileged_userns, of Ubuntu's. */
  readonly apparmorRestricts?: string;
  /** Electron's `chrome-sandbox` belongs to root and is setuid, and needs none of them. */
  readonly hasSetuidHelper: boolean;
}

/** Why pages would have no sandbox, which Chromium refuses; undefined where they have one. It is never switched off for that. */
export function whyNoSandbox(facts: SandboxFacts): string | undefined {
  if (facts.hasSetuidHelper) return undefined;
  const off =
    facts.apparmorRestricts === '1'
      ? 'kernel.apparmor_restrict_unprivileged_userns=1'
      : facts.usernsClone === '0'
        ? 'kernel.unprivileged_userns_clone=0'
        : facts.maxUserNamespaces === '0'
          ? 'user.max_user_namespaces=0'
          : undefined;
  if (off === undefined) return undefined;
  return `this system gives pages no sandbox (${off}); the deb or rpm brings what it needs for one`;
}
