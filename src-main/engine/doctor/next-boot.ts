import { finding, type DoctorFinding } from '#shared/contract/doctor.ts';
import { linesFor } from '#shared/kernel/sysctl/boot.ts';
import { KEPT_FILE } from '#shared/kernel/sysctl/disk.ts';
import { wayOut } from '#shared/kernel/sysctl/way-out.ts';
import { SYSCTL_NAMES, type OnDisk, type SysctlFact } from '#shared/model/sysctl/sysctl.ts';
import { compact } from '#shared/optional.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { rootOf, type KernelFiles } from '../../proc/kernel-files.ts';
import { bootDangers, readTuning, tuningMachine, type Tuning } from '../change/sysctl/tuning.ts';

/** Which danger is named where there are several: the first of these. */
const GRAVEST_FIRST = [
  ['boot-breaks', 'refuses'],
  ['boot-starves', 'starves'],
  ['boot-hangs', 'hangs'],
] as const;
/** No later setters: each setting names its own, and finding them takes longer than all else here. */
const NO_LATER_SETTERS = new Map();

/** What the files on disk bring at the next boot: whether that is dangerous, and whether the values that Lifeboat keeps win. */
export function nextBoot(files: KernelFiles, snapshot: Snapshot): readonly DoctorFinding[] {
  const tuning = readTuning(files, rootOf(files), NO_LATER_SETTERS);
  return [danger(tuning, snapshot), kept(tuning)];
}

function danger(tuning: Tuning, snapshot: Snapshot): DoctorFinding {
  if (tuning.decidedBy === 'host') return finding('next-boot', 'host-decides', '');
  const facts = bootDangers(tuning, tuningMachine(snapshot)).map(({ fact }) => fact);
  for (const [kind, outcome] of GRAVEST_FIRST) {
    const found = facts.find((fact) => fact.kind === kind);
    if (found !== undefined) return finding('next-boot', outcome, placesIn(found));
  }
  return finding('next-boot', 'safe', '');
}

function placesIn(fact: SysctlFact): string {
  return 'lines' in fact ? fact.lines.map(placeOf).join(', ') : '';
}

function kept({ disk, boot, version, decidedBy }: Tuning): DoctorFinding {
  const own = disk.files.filter(({ path }) => path === KEPT_FILE);
  const changes = SYSCTL_NAMES.flatMap((name) => {
    const line = linesFor(own, name, disk).at(-1);
    return line === undefined ? [] : [{ name, value: Number(line.value) }];
  });
  if (changes.length === 0) return finding('kept-settings', 'none', '');
  if (decidedBy === 'host' || disk.reader === 'none') return finding('kept-settings', 'not-read', KEPT_FILE);
  const losing = changes.filter(({ name, value }) => {
    const after = boot.get(name);
    return after?.value !== value && after?.winner?.file !== KEPT_FILE;
  });
  if (losing.length === 0) return finding('kept-settings', 'win', KEPT_FILE);
  const winners = losing.map(({ name }) => {
    const winner = boot.get(name)?.winner;
    return winner === undefined ? name : `${name}: ${placeOf(winner)}`;
  });
  const remedies = losing.map((change) => {
    const command = wayOut(disk, change, version)?.command;
    return compact({ name: change.name, command });
  });
  const found = finding('kept-settings', 'lose', winners.join(', '));
  const [only, second] = remedies;
  if (second === undefined && only?.command !== undefined) return { ...found, command: only.command };
  return { ...found, remedies };
}

function placeOf({ file, line, sets }: OnDisk): string {
  const place = file === '/proc/cmdline' ? file : `${file}:${line}`;
  return sets === undefined ? place : `${place} (${sets})`;
}
