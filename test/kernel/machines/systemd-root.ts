import { execFileSync } from 'node:child_process';
import { copyFileSync, chmodSync, existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where distributions put systemd's own programs. */
const FOLDERS = ['/lib/systemd', '/usr/lib/systemd'];
/** systemd-executor is there since 255; all else has been for long. */
const PROGRAMS = ['systemd', 'systemd-executor', 'systemd-shutdown'];
const COMMANDS = ['/bin/systemctl', '/usr/bin/systemctl', '/usr/bin/systemd-run', '/usr/bin/systemd-escape'];
/** Where Debian puts the libraries of a systemd, its own and those for all. */
const LIBRARIES = ['/lib', '/usr/lib'].flatMap((folder) => [
  `${folder}/x86_64-linux-gnu`,
  `${folder}/x86_64-linux-gnu/systemd`,
]);

/** Why this machine's systemd cannot be put into a guest; undefined where it can. */
export function systemdObstacle(): string | undefined {
  const missing = [
    ...(FOLDERS.some((folder) => existsSync(`${folder}/systemd`)) ? [] : ['systemd']),
    ...(existsSync('/usr/bin/systemd-run') ? [] : ['systemd-run']),
  ];
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`;
}

/** What the guest's own units are: the least that a manager needs, and the lab's agent. */
const UNITS: Readonly<Record<string, string>> = {
  '/etc/systemd/system/default.target': '[Unit]\nWants=agent.service\n',
  ...Object.fromEntries(
    ['sysinit', 'basic', 'shutdown'].map((name) => [
      `/etc/systemd/system/${name}.target`,
      '[Unit]\nDefaultDependencies=no\n',
    ]),
  ),
  '/etc/systemd/system/agent.service': `[Unit]
DefaultDependencies=no
[Service]
ExecStart=/bin/sh -c 'exec /agent /dev/vport*p1'
OOMScoreAdjust=-1000
OOMPolicy=continue
KillMode=process
`,
  '/etc/systemd/system/user-runtime-dir@.service': `[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'mkdir -p /run/user/%i && chown %i:%i /run/user/%i && chmod 700 /run/user/%i'
`,
  // PAM has no modules here; all else of the distribution's unit counts.
  '/etc/systemd/system/user@.service.d/lab.conf': `[Service]
PAMName=
Environment=XDG_RUNTIME_DIR=/run/user/%i HOME=/tmp
`,
  '/etc/systemd/user/default.target': '[Unit]\nWants=basic.target\n',
  '/etc/systemd/user/basic.target': '[Unit]\nDefaultDependencies=no\n',
  '/etc/systemd/user/shutdown.target': '[Unit]\nDefaultDependencies=no\n',
  '/etc/machine-id': `${'1ab0'.repeat(8)}\n`,
};

/** Puts a systemd into the root of a guest, with the libraries that it names: this machine's, or one that was unpacked in the folder `from`. */
export function putSystemd(root: string, from = ''): void {
  for (const folder of FOLDERS) {
    for (const name of PROGRAMS) {
      if (existsSync(`${from}${folder}/${name}`)) putProgram(`${folder}/${name}`, root, from);
    }
    const unit = `${folder}/system/user@.service`;
    if (existsSync(from + unit)) put(from + unit, join(root, unit));
  }
  for (const command of COMMANDS) if (existsSync(from + command)) putProgram(command, root, from);
  for (const [path, text] of Object.entries(UNITS)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** Puts the systemd-oomd of an unpacked package into the root of a guest. */
export function putOomd(root: string, from: string): void {
  for (const folder of FOLDERS) {
    const path = `${folder}/systemd-oomd`;
    if (existsSync(from + path)) putProgram(path, root, from);
  }
}

function putProgram(path: string, root: string, from: string): void {
  put(from + path, join(root, path));
  const folders = LIBRARIES.map((folder) => from + folder).join(':');
  const env = from === '' ? process.env : { ...process.env, LD_LIBRARY_PATH: folders };
  const libraries = execFileSync('ldd', [from + path], { encoding: 'utf8', env });
  for (const [, library] of libraries.matchAll(/(\/\S+) \(0x/g)) {
    if (library === undefined) continue;
    const to = join(root, library.startsWith(`${from}/`) ? library.slice(from.length) : library);
    if (!existsSync(to)) put(library, to);
  }
}

function put(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(realpathSync(from), to);
  chmodSync(to, 0o755);
}
