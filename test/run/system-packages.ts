import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { hasProgram, programPath } from '../kernel/machines/programs.ts';
import { type LeftOut, type SuiteName } from './suite.ts';

/** Something of the system that a suite cannot do without. */
interface SystemNeed {
  /** The Debian package that brings it. */
  readonly package: string;
  /** What it is called on Ubuntu, where that differs. */
  readonly ubuntuPackage?: string;
  readonly suites: readonly SuiteName[];
  readonly isThere: () => boolean;
}

/** Where distributions put it: it is in no PATH. */
const POLKITD = ['/usr/lib/polkit-1/polkitd', '/usr/libexec/polkitd', '/usr/lib/policykit-1/polkitd'];

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'];

const NEEDS: readonly SystemNeed[] = [
  {
    package: 'chromium',
    ubuntuPackage: 'chromium-browser',
    suites: ['electron'],
    isThere: () => BROWSERS.some(hasProgram),
  },
  {
    // It starts in a fifth of the time; where the browser itself is there already, that one does as well.
    package: 'chromium-headless-shell',
    ubuntuPackage: 'chromium-browser',
    suites: ['e2e', 'scenes'],
    isThere: () => ['chromium-headless-shell', ...BROWSERS].some(hasProgram),
  },
  {
    package: 'gcc',
    suites: ['system', 'cli', 'e2e', 'kernel', 'kernel-here'],
    isThere: () => hasProgram('gcc') || hasProgram('cc'),
  },
  {
    package: 'libc6-dev',
    suites: ['system', 'cli', 'e2e', 'kernel', 'kernel-here'],
    isThere: () => existsSync('/usr/include/stdio.h'),
  },
  {
    package: 'procps',
    suites: ['system', 'cli', 'e2e'],
    isThere: () => hasProgram('ps') && hasProgram('top'),
  },
  { package: 'sudo', suites: ['helper', 'package', 'electron'], isThere: () => hasProgram('sudo') },
  { package: 'pkexec', suites: ['helper', 'package'], isThere: () => hasProgram('pkexec') },
  {
    package: 'polkitd',
    suites: ['helper', 'package'],
    isThere: () => POLKITD.some((path) => existsSync(path)),
  },
  { package: 'dbus', suites: ['helper', 'system', 'electron'], isThere: () => hasProgram('dbus-daemon') },
  {
    package: 'util-linux',
    suites: ['cli', 'helper', 'package', 'electron', 'system'],
    isThere: () => ['setpriv', 'unshare', 'prlimit'].every(hasProgram),
  },
  { package: 'python3', suites: ['system'], isThere: () => hasProgram('python3') },
  { package: 'bsdutils', suites: ['helper'], isThere: () => hasProgram('script') },
  {
    package: 'passwd',
    suites: ['helper', 'package', 'electron'],
    isThere: () => hasProgram('useradd') && hasProgram('chpasswd'),
  },
  { package: 'dpkg', suites: ['package'], isThere: () => hasProgram('dpkg-deb') },
  { package: 'rpm', suites: ['package'], isThere: () => hasProgram('rpmbuild') },
  { package: 'squashfs-tools', suites: ['package'], isThere: () => hasProgram('mksquashfs') },
  {
    package: 'desktop-file-utils',
    suites: ['package'],
    isThere: () => hasProgram('desktop-file-validate'),
  },
  { package: 'appstream', suites: ['package'], isThere: () => hasProgram('appstreamcli') },
  { package: 'mandoc', suites: ['package'], isThere: () => hasProgram('mandoc') },
  { package: 'zsh', suites: ['package'], isThere: () => hasProgram('zsh') },
  { package: 'fish', suites: ['package'], isThere: () => hasProgram('fish') },
  { package: 'qemu-system-x86', suites: ['kernel'], isThere: () => hasProgram('qemu-system-x86_64') },
  { package: 'busybox-static', suites: ['kernel', 'system'], isThere: hasStaticBusybox },
  { package: 'cpio', suites: ['kernel'], isThere: () => hasProgram('cpio') },
  { package: 'xz-utils', suites: ['kernel'], isThere: () => hasProgram('xz') },
  {
    // systemd-sysctl and journalctl are what printed commands and logs are judged by.
    package: 'systemd',
    suites: ['kernel', 'system'],
    isThere: () => hasProgram('systemd-run') && hasProgram('journalctl'),
  },
  // The engines that printed commands are given to.
  { package: 'docker.io', suites: ['system'], isThere: () => hasProgram('dockerd') },
  { package: 'podman', suites: ['system'], isThere: () => hasProgram('podman') },
  { package: 'runc', suites: ['system'], isThere: () => hasProgram('runc') },
  { package: 'kmod', suites: ['kernel'], isThere: () => hasProgram('modinfo') },
];

/** The system as far as installing goes. */
export interface System {
  /** ID and ID_LIKE of os-release. */
  readonly ids: readonly string[];
  readonly isRoot: boolean;
}

/** This machine. */
export function thisSystem(): System {
  const text = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return { ids: osReleaseIds(text), isRoot: process.getuid?.() === 0 };
}

/** ID and ID_LIKE of a text of os-release(5). */
export function osReleaseIds(text: string): readonly string[] {
  return [...text.matchAll(/^ID(?:_LIKE)?=(.*)$/gm)].flatMap(([, value = '']) =>
    value.replaceAll(/["']/g, '').split(' '),
  );
}

/** The packages that some of the suites need and the machine has not. */
function missingPackages(suites: readonly SuiteName[], system: System): readonly string[] {
  return missingNeeds(suites).map((need) => packageName(need, system));
}

/** What to run to get packages; undefined where we do not know how. */
export function installCommand(packages: readonly string[], system: System): string | undefined {
  if (!isDebianLike(system)) return undefined;
  const sudo = system.isRoot ? '' : 'sudo ';
  return `${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/**
 * Brings what is missing where it may (root on Debian or Ubuntu), else says which command does. Returns the suites that cannot
 * run in spite of it, and why.
 */
export function provideSystemPackages(
  suites: readonly SuiteName[],
  system: System,
): ReadonlyMap<SuiteName, LeftOut> {
  const packages = missingPackages(suites, system);
  if (packages.length > 0) {
    const command = installCommand(packages, system);
    if (command === undefined)
      say(`Missing: ${packages.join(', ')} (Debian's names). Install them or their like.`);
    else if (system.isRoot) install(packages, command);
    else say(`Missing: ${packages.join(', ')}. This installs them:\n  ${command}`);
  }
  const leftOut = new Map<SuiteName, LeftOut>();
  for (const suite of suites) {
    const missing = missingPackages([suite], system);
    if (missing.length > 0) leftOut.set(suite, { part: suite, why: `not installed: ${missing.join(', ')}` });
  }
  return leftOut;
}

/** Servers do not always answer, and a machine that has just started may be installing something itself. */
const PATIENT = 'apt-get -o Acquire::Retries=5 -o DPkg::Lock::Timeout=300';

function install(packages: readonly string[], command: string): void {
  say(`Installing ${packages.join(', ')} by apt-get ...`);
  const patient = command.replaceAll('apt-get', PATIENT);
  const script = `for try in 1 2 3; do ${patient} && exit; sleep 5; done; exit 1`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', APT_LISTCHANGES_FRONTEND: 'none' },
  });
  if (status !== 0) say(`${stdout}${stderr}\nThis failed: ${command}`);
}

function missingNeeds(suites: readonly SuiteName[]): readonly SystemNeed[] {
  return NEEDS.filter((need) => need.suites.some((suite) => suites.includes(suite)) && !need.isThere());
}

function packageName(need: SystemNeed, system: System): string {
  return system.ids.includes('ubuntu') ? (need.ubuntuPackage ?? need.package) : need.package;
}

function isDebianLike({ ids }: System): boolean {
  return ids.includes('debian') || ids.includes('ubuntu');
}

/** A dynamic program names its loader near its start; inside a bare initramfs there would be none. */
function hasStaticBusybox(): boolean {
  const path = programPath('busybox');
  return path !== undefined && !readFileSync(path).subarray(0, 4096).includes('/ld-');
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
