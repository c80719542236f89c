import { type Failure } from '#shared/result.ts';
import { type ChildProcess, spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { type HelperPlaces } from '../../../src-main/helper/client/program.ts';
import { type ClientOrder } from './elevation-order.ts';
import { HELPER_FILE } from './raw-helper.ts';

const CLIENT = fileURLToPath(new URL('elevation-client.ts', import.meta.url));
const BUS = '/run/dbus/system_bus_socket';
const POLKITD = ['/usr/lib/polkit-1/polkitd', '/usr/libexec/polkitd', '/usr/lib/policykit-1/polkitd'];

/** Everything that the stage puts on the machine has this in its name. */
export const USER = 'lifeboat-test';
const FOLDER = '/usr/local/lib/lifeboat-test';
/** A Node that every user can run. */
export const NODE_COPY = `${FOLDER}/node`;
const OWN_FOLDER = '/var/lib/lifeboat-test';
const SUDOERS = '/etc/sudoers.d/lifeboat-test';
const RULES = '/etc/polkit-1/rules.d/00-lifeboat-test.rules';
const ACTION = 'org.lifeboat.test';
/** That of the packages, for the tests of these. */
const PACKAGED_ACTION = 'io.github.lifeboat-oom.lifeboat.helper';
const POLICY = `/usr/share/polkit-1/actions/${ACTION}.policy`;
export const PASSWORD = 'a-password-for-a-test';

/** polkit decides by where the helper is, so that one file of rules serves all cases. Nothing is said about other places. */
const RULES_TEXT = `polkit.addRule(function (action, subject) {
  if (subject.user !== '${USER}') return;
  if (action.id === '${ACTION}' || action.id === '${PACKAGED_ACTION}') return polkit.Result.YES;
  if (action.id !== 'org.freedesktop.policykit.exec') return;
  var line = action.lookup('command_line') || '';
  if (line.indexOf('${FOLDER}/allowed/') >= 0) return polkit.Result.YES;
  if (line.indexOf('${FOLDER}/refused/') >= 0) return polkit.Result.NO;
});
`;
const POLICY_TEXT = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE policyconfig PUBLIC "-//freedesktop//DTD PolicyKit Policy Configuration 1.0//EN" "http://www.freedesktop.org/standards/PolicyKit/1/policyconfig.dtd">
<policyconfig><action id="${ACTION}">
  <description>A test of Lifeboat</description><message>A test of Lifeboat</message>
  <defaults><allow_any>no</allow_any><allow_inactive>no</allow_inactive><allow_active>no</allow_active></defaults>
  <annotate key="org.freedesktop.policykit.exec.path">${FOLDER}/lifeboat-helper</annotate>
</action></policyconfig>
`;
/** Whatever happens to the tests, the machine is as before: a shell that waits for the end of its input does the cleaning. */
const CLEAN = `trap '' HUP INT TERM
read -r x
rm -rf ${FOLDER} ${OWN_FOLDER} ${SUDOERS} ${RULES} ${POLICY}
# Not while one of its processes still ends.
for try in $(seq 300); do userdel ${USER} 2>&1 && break; sleep 0.1; done
exit 0`;

/** What came of a client, as its last line says. */
export interface ClientReport {
  readonly uid: number;
  readonly via?: string;
  readonly hello?: { readonly askedByUid: number };
  readonly answer?: { readonly ok: boolean };
  readonly adj?: string;
  readonly error?: Failure;
  readonly rights?: { readonly state: string; readonly command?: string; readonly method?: string };
}

/** A user without rights, a helper in several places, real sudo and real polkit. */
export class ElevationStage {
  readonly #started: ChildProcess[] = [];
  readonly #cleaner: ChildProcess;

  private constructor(cleaner: ChildProcess) {
    this.#cleaner = cleaner;
  }

  static async build(): Promise<ElevationStage> {
    const cleaner = spawn('/bin/sh', ['-c', CLEAN], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    const stage = new ElevationStage(cleaner);
    run('useradd', ['--no-create-home', '--shell', '/bin/sh', USER]);
    run('chpasswd', [], `${USER}:${PASSWORD}\n`);
    for (const place of ['allowed', 'refused', 'undecided']) {
      mkdirSync(join(FOLDER, place), { recursive: true, mode: 0o755 });
      copyFileSync(HELPER_FILE, join(FOLDER, place, 'helper.cjs'));
    }
    copyFileSync(process.execPath, NODE_COPY);
    chmodSync(NODE_COPY, 0o755);
    writeFileSync(
      join(FOLDER, 'lifeboat-helper'),
      `#!/bin/sh\nexec ${FOLDER}/node ${FOLDER}/allowed/helper.cjs\n`,
      {
        mode: 0o755,
      },
    );
    const wsl =
      '#!/bin/sh\n[ "$1 $2 $3 $4 $5" = "-d Debian -u root -e" ] || exit 9\nshift 5\nexec sudo -n -- "$@"\n';
    writeFileSync(join(FOLDER, 'wsl.exe'), wsl, { mode: 0o755 });
    mkdirSync(OWN_FOLDER, { recursive: true, mode: 0o755 });
    copyFileSync(HELPER_FILE, join(OWN_FOLDER, 'helper.cjs'));
    for (const path of [OWN_FOLDER, join(OWN_FOLDER, 'helper.cjs')])
      chownSync(path, uidOf(USER), gidOf(USER));
    await bundleClient();
    mkdirSync('/etc/polkit-1/rules.d', { recursive: true });
    writeFileSync(RULES, RULES_TEXT, { mode: 0o644 });
    writeFileSync(POLICY, POLICY_TEXT, { mode: 0o644 });
    await stage.#startBus();
    return stage;
  }

  /** Where a helper is for which polkit's answer is known. */
  places(place: 'allowed' | 'refused' | 'undecided' | 'own' | 'missing' | 'packaged'): HelperPlaces {
    const helper = place === 'own' ? join(OWN_FOLDER, 'helper.cjs') : join(FOLDER, place, 'helper.cjs');
    const wrapper = place === 'packaged' ? join(FOLDER, 'lifeboat-helper') : '/no/such/lifeboat-helper';
    return { wrapper, copy: '/no/such', node: join(FOLDER, 'node'), helper };
  }

  /** What sudo lets the user do; undefined: nothing. */
  allowSudo(rule: 'ALL' | 'NOPASSWD: ALL' | undefined): void {
    rmSync(SUDOERS, { force: true });
    if (rule !== undefined) writeFileSync(SUDOERS, `${USER} ALL=(root) ${rule}\n`, { mode: 0o440 });
  }

  /** A stand-in for wsl.exe, which no Linux machine has: it takes just the arguments that are documented. */
  get wslExe(): string {
    return join(FOLDER, 'wsl.exe');
  }

  /** polkit on Debian takes members of this group for administrators. */
  makeAdministrator(): void {
    run('gpasswd', ['-a', USER, 'sudo']);
  }

  /** Runs any command as the user, without a terminal. */
  runCommand(command: readonly string[], environment: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    const args = ['--wait', 'setpriv', ...identityArguments(), ...command];
    return spawnSync('setsid', args, { encoding: 'utf8', env: { ...ENVIRONMENT, ...environment } });
  }

  /** Runs a client as the user, without a terminal. `prefix` runs as root and becomes the client. */
  async run(order: ClientOrder, prefix: readonly string[] = []): Promise<ClientReport> {
    const [file = '', ...args] = [...prefix, ...asUser(order)];
    const child = spawn('setsid', ['--wait', file, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: ENVIRONMENT,
    });
    return reportOf(child);
  }

  /** Runs a client as the user in a terminal of its own, and types an answer at each question for a password. */
  async runInTerminal(order: ClientOrder, answers: readonly string[]): Promise<ClientReport> {
    const command = asUser(order)
      .map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
      .join(' ');
    const child = spawn('script', ['--quiet', '--flush', '--command', command, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: ENVIRONMENT,
    });
    let said = '';
    let typing: NodeJS.Timeout | undefined;
    const left = [...answers];
    const type = (answer: string): void => {
      child.stdin.write(`${answer}\n`);
      // What comes before the terminal is set is echoed and then dropped; who has read an answer ends the line of the question.
      typing = setTimeout(() => {
        if (said.replaceAll(`${answer}\r\n`, '') === '') type(answer);
      }, 2000);
    };
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      if (!/[Pp]assword[^\n]*: ?$/.test(said)) return;
      said = '';
      clearTimeout(typing);
      const answer = left.shift();
      if (answer !== undefined) typing = setTimeout(type, 200, answer);
    });
    child.once('exit', () => {
      clearTimeout(typing);
    });
    return reportOf(child);
  }

  async remove(): Promise<void> {
    for (const child of this.#started.reverse()) child.kill();
    const cleaned = once(this.#cleaner, 'exit');
    this.#cleaner.stdin?.end();
    await cleaned;
  }

  /** A bus and polkitd by hand where no service manager has started them. */
  async #startBus(): Promise<void> {
    if (spawnSync('pkaction').status !== 0) {
      mkdirSync('/run/dbus', { recursive: true });
      if (!existsSync(BUS)) run('dbus-uuidgen', ['--ensure']);
      this.#start('dbus-daemon', ['--system', '--nofork', '--nopidfile', '--nosyslog']);
      for (let left = 100; left > 0 && !existsSync(BUS); left -= 1) await sleep(50);
      this.#start(POLKITD.find((path) => existsSync(path)) ?? 'polkitd', ['--no-debug']);
    }
    for (let left = 100; left > 0; left -= 1) {
      const shown = spawnSync('pkaction', ['--action-id', ACTION]);
      if (shown.status === 0) return;
      await sleep(100);
    }
    throw new Error('polkitd does not answer');
  }

  #start(file: string, args: readonly string[]): void {
    this.#started.push(spawn(file, args, { stdio: 'ignore' }));
  }
}

const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', TERM: 'dumb', LC_ALL: 'C' };

export function uidOf(user: string): number {
  return Number(run('id', ['-u', user]));
}

function gidOf(user: string): number {
  return Number(run('id', ['-g', user]));
}

function asUser(order: ClientOrder): readonly string[] {
  const identity = [...identityArguments(), '--reset-env'];
  return ['setpriv', ...identity, NODE_COPY, join(FOLDER, 'client.mjs'), JSON.stringify(order)];
}

/** Arguments of setpriv that make a process the user's. */
function identityArguments(): readonly string[] {
  return [`--reuid=${USER}`, `--regid=${gidOf(USER)}`, '--init-groups'];
}

async function reportOf(child: ChildProcess): Promise<ClientReport> {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
  await once(child, 'close');
  const report = /REPORT (\{.*\})/.exec(said)?.[1];
  if (report === undefined) throw new Error(`the client gave no report:\n${said}`);
  return JSON.parse(report) as ClientReport;
}

/** Bundles the client: the user cannot read the sources of a checkout in a home folder. */
async function bundleClient(): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      target: 'node24.18',
      outDir: FOLDER,
      emptyOutDir: false,
      rolldownOptions: { input: { client: CLIENT }, output: { format: 'es', entryFileNames: '[name].mjs' } },
    },
  });
}

function run(file: string, args: readonly string[], input = ''): string {
  const ran = spawnSync(file, args, { encoding: 'utf8', input });
  if (ran.status !== 0) throw new Error(`${file} ${args.join(' ')}: ${ran.stderr}`);
  return ran.stdout.trim();
}
