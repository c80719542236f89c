import { triggerState } from '#shared/killers/trigger.ts';
import { type Killer, type KillerTrigger } from '#shared/model/killer.ts';
import { eventually, type Machine } from '../machines/machine.ts';

const WAIT_MS = 60_000;
const OOMD = 'systemd-oomd.service';
const LOG = '/tmp/oomd.log';
const LISTED = '/tmp/killers.json';
const GO = '/tmp/go';
/** Little enough that a machine with idle programs is over it: swap alone decides. */
const CONF = `[OOM]
SwapUsedLimit=10%
DefaultMemoryPressureLimit=5%
DefaultMemoryPressureDurationSec=2s
`;
/** Two that write to twice the memory that they may keep; of one the limit is out of reach. */
const UNITS = [
  { name: 'walker.service', properties: ['ManagedOOMSwap=kill'] },
  { name: 'patient.service', properties: ['ManagedOOMMemoryPressureLimit=99.99%'] },
] as const;
/** 31 MiB. */
const PAGES = 8000;

/** What the real systemd-oomd says with --dry-run. */
const SAYS = {
  swap: /Memory used \(\d+\).*swap used \(\d+\)/,
  'walker.service': /Memory pressure for \S*walker\.service is/,
  'patient.service': /Memory pressure for \S*patient\.service is/,
} as const;
type Path = keyof typeof SAYS;

/**
 * Runs the real systemd-oomd with --dry-run beside `lifeboat list --watch`, on a quiet machine, with pressure in two units, and after that. Returns
 * where one of them said that it acts and the other one did not.
 */
export async function checkOomd(machine: Machine): Promise<string[]> {
  const shell = (command: string) => run(machine, command);
  await shell(
    `dd if=/dev/zero of=/cache/swap bs=1M count=40 2>&- && mkswap /cache/swap && swapon /cache/swap`,
  );
  await shell(`mkdir -p /etc/systemd; printf '%s' '${CONF}' > /etc/systemd/oomd.conf`);
  for (const { name, properties } of UNITS) {
    const all = ['MemoryHigh=16M', 'DefaultDependencies=no', 'ManagedOOMMemoryPressure=kill', ...properties];
    const options = all.map((each) => `--property=${each}`).join(' ');
    await shell(
      `systemd-run --quiet --unit=${name} ${options} /bin/sh -c 'until [ -e ${GO} ]; do sleep 0.2; done; exec /eater walk=${PAGES}'`,
    );
  }
  // The manager says what to watch to the unit of this name alone.
  const env = '--setenv=SYSTEMD_LOG_LEVEL=debug --setenv=SYSTEMD_LOG_TARGET=console';
  const options = '--property=DefaultDependencies=no --property=RuntimeDirectory=systemd/oom';
  await shell(
    `systemd-run --quiet --unit=${OOMD} ${options} ${env} /bin/sh -c 'exec /lib/systemd/systemd-oomd --dry-run >> ${LOG} 2>&1'`,
  );
  await shell(
    `${machine.lifeboat.join(' ')} list -n 1 --json --watch > ${LISTED} 2>&1 & echo $! > /tmp/list.pid`,
  );
  const problems: string[] = [];
  try {
    await eventually(
      async () => (await last(machine))?.triggers.length === 3,
      WAIT_MS * machine.patience,
      'Lifeboat to know what systemd-oomd watches',
    );
    await samples(machine, 2);
    problems.push(...(await compare(machine, 'on a quiet machine', [])));
    await shell(`touch ${GO}`);
    await eventually(
      async () => acting(await last(machine)).length >= 2 && (await said(machine)).length >= 2,
      WAIT_MS * machine.patience,
      'systemd-oomd and Lifeboat to say that it acts',
    );
    problems.push(...(await compare(machine, 'under pressure', ['swap', 'walker.service'])));
    await shell(`systemctl stop ${UNITS.map(({ name }) => name).join(' ')}`);
    await eventually(
      async () => acting(await last(machine)).length === 0,
      WAIT_MS * machine.patience,
      'Lifeboat to say that systemd-oomd does not act',
    );
    await shell(`: > ${LOG}`);
    await samples(machine, 2);
    problems.push(...(await compare(machine, 'when it is over', [])));
  } catch (error) {
    const log = await machine.agent.read(LOG).catch(String);
    const listed = await machine.agent.read(LISTED).catch(String);
    throw new Error(`${String(error)}\n${log.slice(-3000)}\n${listed.slice(-3000)}`, { cause: error });
  } finally {
    await shell(
      `kill $(cat /tmp/list.pid); systemctl stop ${OOMD} ${UNITS.map(({ name }) => name).join(' ')} 2>&-; swapoff /cache/swap`,
    );
  }
  return problems;
}

/** What each of them says, against what it has to say. */
async function compare(machine: Machine, when: string, expected: readonly Path[]): Promise<string[]> {
  const listed = acting(await last(machine));
  const real = await said(machine);
  return [
    ...(listed.join() === expected.join() ? [] : [`${when}: Lifeboat says ${listed.join() || 'nothing'}`]),
    ...(real.join() === expected.join() ? [] : [`${when}: systemd-oomd says ${real.join() || 'nothing'}`]),
  ];
}

async function said(machine: Machine): Promise<readonly Path[]> {
  const log = await machine.agent.read(LOG);
  return (Object.keys(SAYS) as Path[]).filter((path) => SAYS[path].test(log));
}

function acting(oomd: Killer | undefined): readonly Path[] {
  const found = new Set((oomd?.triggers ?? []).filter((each) => triggerState(each) === 'holds').map(pathOf));
  return (Object.keys(SAYS) as Path[]).filter((path) => found.has(path));
}

function pathOf({ cgroup = '', conditions }: KillerTrigger): string | undefined {
  return conditions.some(({ figure }) => figure === 'available') ? 'swap' : cgroup.split('/').at(-1);
}

async function listed(machine: Machine): Promise<readonly string[]> {
  const text = await machine.agent.read(LISTED).catch(() => '');
  return text.split('\n').slice(0, -1);
}

async function last(machine: Machine): Promise<Killer | undefined> {
  const line = (await listed(machine)).at(-1);
  const { killers } = JSON.parse(line ?? '{"killers":[]}') as { readonly killers: readonly Killer[] };
  return killers.find(({ name }) => name === 'systemd-oomd');
}

/** Waits for so many more lists. */
async function samples(machine: Machine, count: number): Promise<void> {
  const before = (await listed(machine)).length;
  await eventually(
    async () => (await listed(machine)).length >= before + count,
    WAIT_MS * machine.patience,
    'lists',
  );
}

async function run(machine: Machine, command: string): Promise<string> {
  const line = `PATH=/usr/bin:/bin; ${command}`;
  const { code, stdout, stderr } = await machine.agent.run(WAIT_MS * machine.patience, '/bin/sh', '-c', line);
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${stderr || stdout}`);
  return stdout;
}
