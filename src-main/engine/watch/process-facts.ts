import { adjustmentPages, usagePages } from '#shared/kernel/badness/badness.ts';
import { taskBadness } from '#shared/kernel/badness/task-badness.ts';
import { type OomContext } from '#shared/kernel/kill-order/kill-order.ts';
import { usageRange, type Range } from '#shared/kernel/badness/precision.ts';
import { redactedCommand } from '#shared/names/redact.ts';
import { type AdjustedBy, type MemoryFigures, type ProcessFacts } from '#shared/model/process.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../collect/snapshot.ts';

/** Characters of a command line in a frame. */
const MOST_COMMAND = 4096;

const NO_MEMORY: MemoryFigures = {
  rssPages: 0,
  rssAnonPages: 0,
  rssFilePages: 0,
  rssShmemPages: 0,
  swapPages: 0,
  pageTablePages: 0,
};

/** What people see of a process, with its badness in a scope. */
export function processFacts(
  process: ObservedProcess,
  { rules, totalPages }: OomContext,
  namesOf?: Snapshot['namesOf'],
): ProcessFacts {
  const memory = process.memory ?? NO_MEMORY;
  const { rssPages, rssAnonPages, rssFilePages, rssShmemPages, swapPages, pageTablePages } = memory;
  const { oomScoreAdj } = process;
  const adjustedBy = whoAdjusted(process);
  return {
    pid: process.pid,
    startTicks: process.startTicks,
    name: process.name,
    command: shownCommand(process),
    ...(namesOf === undefined ? {} : { names: namesOf(process) }),
    user: process.user,
    ...(process.unit === undefined ? {} : { unit: process.unit }),
    ...(process.container === undefined ? {} : { container: process.container }),
    cgroup: process.cgroup,
    parentPid: process.parentPid,
    threads: process.threads,
    rssPages,
    rssAnonPages,
    rssFilePages,
    rssShmemPages,
    swapPages,
    pageTablePages,
    badnessPages: taskBadness(process, rules, totalPages),
    adjustmentPages: adjustmentPages(oomScoreAdj, totalPages),
    oomScore: process.oomScore,
    oomScoreAdj,
    ...(adjustedBy === undefined ? {} : { adjustedBy }),
  };
}

const commands = new WeakMap<ObservedProcess, string>();

/** The command line without secrets: it goes to every page, and into what people send to each other. */
function shownCommand(process: ObservedProcess): string {
  const { argv, command } = process;
  if (argv === undefined || argv.length === 0) return command;
  const known = commands.get(process);
  if (known !== undefined) return known;
  const shown = redactedCommand(argv).slice(0, MOST_COMMAND);
  commands.set(process, shown);
  return shown;
}

/**
 * Chromium gives its renderers 300 and its other children 200 (content/browser/child_process_launcher_helper_linux.cc), and says on
 * their command line what they are.
 */
function whoAdjusted({ command, oomScoreAdj }: ObservedProcess): AdjustedBy | undefined {
  const expected = / --type=renderer( |$)/.test(command)
    ? 300
    : / --type=[a-z-]+( |$)/.test(command)
      ? 200
      : 0;
  return expected > 0 && oomScoreAdj === expected ? 'chromium' : undefined;
}

/** Where the memory part of the kernel's badness lies, for every process of a snapshot. */
export function usageRangeIn(snapshot: Snapshot): (process: ObservedProcess) => Range {
  const { counters, rules, globalTotalPages, memory, host } = snapshot;
  return (process) => {
    const figures = process.memory ?? NO_MEMORY;
    if (counters === 'same') {
      const usage = usagePages(figures);
      return { low: usage, high: usage };
    }
    return usageRange({
      counters,
      cpuCount: host.cpuCount,
      figures,
      statusRssPages: process.statusRssPages,
      // What was swapped in again had to be waited for at least once.
      mayHaveSwapped: figures.swapPages > 0 || (process.majorFaults > 0 && memory.swapInPages > 0),
      oomScoreAdj: process.oomScoreAdj,
      oomScore: process.oomScore,
      formula: rules.formula,
      globalTotalPages,
    });
  };
}
