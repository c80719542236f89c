import { checkActing } from './acts/act.ts';
import { bundle, compile } from './machines/build.ts';
import { generate } from './generate.ts';
import { judgeForecast } from './forecast/part.ts';
import { bootGuest } from './machines/guest.ts';
import { hostObstacle, openHost } from './machines/host.ts';
import { type GuestPrograms, packInitramfs } from './machines/initramfs.ts';
import { debianKernel, type KernelImage } from './machines/kernels.ts';
import { headroomKinds } from './headroom/kinds.ts';
import { headroomMissing, measureHeadroom } from './headroom/measure.ts';
import { checkLimits } from './acts/limits.ts';
import { type Machine } from './machines/machine.ts';
import { type JudgeName, type LabOptions } from './options.ts';
import { checkOvercommit } from './acts/overcommit.ts';
import { panicAsPredicted } from './acts/panic.ts';
import { hasProgram } from './machines/programs.ts';
import { newerSystemd } from './machines/newer-systemd.ts';
import { systemdObstacle } from './machines/systemd-root.ts';
import { checkPending } from './acts/pending.ts';
import { type Plan, plans } from './plans.ts';
import { Results } from './results.ts';
import { runRound } from './round.ts';
import { unpackedPackage } from '../helpers/unpacked-package.ts';
import { checkPrintedCommands } from './systemd/commands.ts';
import { checkOomd } from './systemd/oomd.ts';
import { checkSystemd, systemdVersion } from './systemd/ends.ts';

/** A guest that has been through this many rounds is restarted, so that leftovers cannot add up. */
const roundsPerBoot = 150;
const guestOptions = { memoryMib: 768, swapMib: 128 };
/** Many units at once, and systemd's libraries in its root file system. */
const systemdOptions = { memoryMib: 1280, swapMib: 16 };
const oomdPart = 'systemd-oomd';
const systemdPart = 'systemd as process 1 of a virtual machine';

/** A machine that can be had. */
interface Part {
  readonly judge: JudgeName;
  readonly open: () => Promise<Machine>;
}

/** Runs the lab on all kernels that were asked for. */
export async function runLab(
  options: LabOptions,
  say: (line: string) => void,
  afterEach: (results: Results) => void,
): Promise<Results> {
  const results = new Results(say);
  const programs: GuestPrograms = {
    agent: compile('agent'),
    eater: compile('eater'),
    pending: await bundle('acts/pending-in-guest'),
    forecast: await bundle('forecast/in-guest'),
  };
  if (options.forecastOnly) {
    await judgeForecast(programs, guestObstacle(), options.seriesFolder, results, say);
    return results;
  }
  /* Before the first machine starts: while kernels are fetched and guests are packed no code listens to it. */
  const parts = options.systemdOnly
    ? []
    : options.judges.flatMap((judge) => prepare(judge, programs, results, say));
  const inTurn = async (some: readonly Part[]) => {
    for (const part of some) {
      await runOn(part, options, results, say).catch((error: unknown) => {
        failPart(results, part.judge, error);
      });
      afterEach(results);
    }
  };
  const part = (name: JudgeName) => inTurn(parts.filter(({ judge }) => judge === name));
  /* This machine's part waits most of the time for the kernel to be willing to print; a guest keeps one processor busy, so two run at once. */
  await Promise.all([
    part('host'),
    part('6.12'),
    part('6.1').then(async () => {
      if (
        !options.replay &&
        !options.headroomOnly &&
        !options.pendingOnly &&
        options.judges.includes('6.12')
      ) {
        await judgeBySystemd(programs, options, results, say);
      }
      afterEach(results);
    }),
  ]);
  return results;
}

async function runOn(
  { judge, open }: Part,
  options: LabOptions,
  results: Results,
  say: (line: string) => void,
): Promise<void> {
  let machine = await open();
  let rounds = 0;
  say(`\n${machine.name}`);
  try {
    if (options.pendingOnly) {
      if (machine.isGuest) await pendingActs(judge, machine, options, results);
      return;
    }
    for (const plan of options.headroomOnly ? [] : plans(options, machine, results)) {
      if (results.isWorse()) break;
      if (machine.agent.isGone || (machine.isGuest && rounds > 0 && rounds % roundsPerBoot === 0)) {
        await machine.close();
        machine = await open();
      }
      rounds++;
      await playRound(machine, plan, options, results);
    }
    if (!options.replay) await headroomActs(judge, machine, options, results);
    if (machine.isGuest && !options.replay && !options.headroomOnly)
      await lastActs(judge, machine, open, options, results);
  } finally {
    await machine.close();
  }
}

/** Headroom that was promised against what could be taken. In a quick run the newer of the guests is enough. */
async function headroomActs(
  judge: JudgeName,
  machine: Machine,
  options: LabOptions,
  results: Results,
): Promise<void> {
  if (options.quick && judge === '6.1' && options.judges.includes('6.12')) return;
  for (const kind of headroomKinds) {
    if (headroomMissing(kind, machine) !== undefined) continue;
    try {
      results.addHeadroom(machine.name, await measureHeadroom(machine, kind));
    } catch (error) {
      results.fail(`${machine.name}: headroom, ${kind.name}\n${String(error)}`);
      if (machine.agent.isGone) return;
    }
  }
}

/** What is said to be ended after a kill, held against a real systemd: this machine's, and in a long run a newer one as well. */
async function judgeBySystemd(
  programs: GuestPrograms,
  options: LabOptions,
  results: Results,
  say: (line: string) => void,
): Promise<void> {
  const why = guestObstacle() ?? systemdObstacle();
  if (why !== undefined) {
    results.leaveOut(systemdPart, why);
    return;
  }
  // The one of this machine's systemd: its libraries are there.
  const oomd = unpackedPackage('systemd-oomd');
  if (oomd === undefined) results.leaveOut(oomdPart, 'apt has no package systemd-oomd');
  const sources = [() => '', ...(options.quick ? [] : [() => newerSystemd(say)])];
  for (const source of sources) {
    let machine: Machine | undefined;
    try {
      const kernel = debianKernel('6.12', say);
      const from = source();
      const own = from === '' && oomd !== undefined ? { oomd } : {};
      const initramfs = packInitramfs(kernel, programs, { systemd: from, ...own });
      machine = await bootGuest(kernel, initramfs, systemdOptions);
      const version = await systemdVersion(machine);
      results.check(
        `${machine.name}: what systemd ${version} ends after a kill`,
        await checkSystemd(machine, version),
      );
      results.check(
        `${machine.name}: printed commands for systemd ${version}`,
        await checkPrintedCommands(machine, options.quick),
      );
      if (own.oomd !== undefined)
        results.check(`${machine.name}: when ${oomdPart} acts`, await checkOomd(machine));
    } catch (error) {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      results.fail(`${systemdPart}: ${what}\n${machine?.console().slice(-2000) ?? ''}`);
    } finally {
      await machine?.close();
    }
  }
}

/** The guests share this out, so that they end together. */
async function pendingActs(
  judge: JudgeName,
  machine: Machine,
  options: LabOptions,
  results: Results,
): Promise<void> {
  if (judge !== (options.judges.includes('6.1') ? '6.1' : '6.12')) return;
  const problems = await checkPending(machine, options);
  results.check(`${machine.name}: changes that are pending, their deaths and second changes`, problems);
}

/** What changes a guest as a whole, or ends it. */
async function lastActs(
  judge: JudgeName,
  machine: Machine,
  open: () => Promise<Machine>,
  options: LabOptions,
  results: Results,
): Promise<void> {
  results.check(`${machine.name}: overcommit`, await checkOvercommit(machine));
  if (judge === '6.12')
    results.check(`${machine.name}: protect, give up, take back`, await checkActing(machine));
  await pendingActs(judge, machine, options, results);
  results.check(`${machine.name}: limits of a cgroup`, await checkLimits(machine));
  const modes = options.quick ? [judge === '6.1' ? (1 as const) : (2 as const)] : ([1, 2] as const);
  let guest = machine;
  for (const mode of modes) {
    if (guest.agent.isGone) guest = await open();
    results.check(`${guest.name}: vm.panic_on_oom=${mode}`, await panicAsPredicted(guest, mode));
    await guest.close();
  }
}

async function playRound(machine: Machine, plan: Plan, options: LabOptions, results: Results): Promise<void> {
  const replay = `npm run lab -- --kernel ${judgeOf(machine)} --kind "${plan.kind}" --seed ${plan.seed}`;
  try {
    const started = Date.now();
    const round = await runRound(machine, generate(plan.seed, plan.kind, machine));
    results.add(machine.name, round, { replay, everything: options.replay, tookMs: Date.now() - started });
  } catch (error) {
    results.fail(`${plan.kind}, ${replay}: ${String(error)}\n${machine.console().slice(-2000)}`);
  }
}

/** Everything that has to be there before a machine can start; nothing when it cannot be had. */
function prepare(
  judge: JudgeName,
  programs: GuestPrograms,
  results: Results,
  say: (line: string) => void,
): Part[] {
  const why = judge === 'host' ? hostObstacle() : guestObstacle();
  if (why !== undefined) {
    results.leaveOut(partName(judge), why);
    return [];
  }
  if (judge === 'host') return [{ judge, open: () => openHost(programs) }];
  let kernel: KernelImage;
  try {
    kernel = debianKernel(judge, say);
  } catch (error) {
    results.leaveOut(partName(judge), String(error));
    return [];
  }
  try {
    const initramfs = packInitramfs(kernel, programs);
    return [{ judge, open: () => bootGuest(kernel, initramfs, guestOptions) }];
  } catch (error) {
    failPart(results, judge, error);
    return [];
  }
}

function failPart(results: Results, judge: JudgeName, error: unknown): void {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  results.fail(`${partName(judge)}: ${what}`);
}

function guestObstacle(): string | undefined {
  const missing = ['qemu-system-x86_64', 'busybox', 'cpio', 'xz', 'dpkg', 'apt-get', 'apt-cache'].filter(
    (program) => !hasProgram(program),
  );
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  return process.arch === 'x64' ? undefined : `there are guests for x86-64 only, this is ${process.arch}`;
}

function partName(judge: JudgeName): string {
  return judge === 'host' ? "this machine's kernel" : `Debian's ${judge} kernel in a virtual machine`;
}

function judgeOf(machine: Machine): string {
  return machine.isGuest ? machine.release.split('.').slice(0, 2).join('.') : 'host';
}
