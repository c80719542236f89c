import { type OomdPressure, type OomdSetup } from './oomd-setup.ts';
import { parsePercent, parseTimeSpan } from './systemd-values.ts';

/** Cgroups that are kept: a user may have it watch as many as there are. */
const MOST_CGROUPS = 100;

/**
 * What `oomctl` prints: manager_get_dump_string() of src/oom/oomd-manager.c, what the running systemd-oomd has in force. A cgroup has a duration of
 * its own since 257, before the default counts. It does not show rules. Undefined where it is no such text.
 *
 *     Swap Used Limit: 90.00%
 *     Default Memory Pressure Duration: 20s
 *     Swap Monitored CGroups:
 *     	Path: /
 *     Memory Pressure Monitored CGroups:
 *     	Path: /user.slice/user-1000.slice/user@1000.service
 *     		Memory Pressure Limit: 50.00%
 */
export function parseOomdDump(text: string): Omit<OomdSetup, 'rules'> | undefined {
  const lines = text.split('\n');
  const swapUsedPercent = parsePercent(valueIn(lines, 'Swap Used Limit') ?? '');
  const defaultSeconds = parseTimeSpan(valueIn(lines, 'Default Memory Pressure Duration') ?? '');
  const swapAt = lines.indexOf('Swap Monitored CGroups:');
  const pressureAt = lines.indexOf('Memory Pressure Monitored CGroups:');
  if (swapUsedPercent === undefined || defaultSeconds === undefined) return undefined;
  if (swapAt < 0 || pressureAt < swapAt) return undefined;
  const swap = blocksOf(lines.slice(swapAt + 1, pressureAt)).map(({ path }) => path);
  const pressure = blocksOf(lines.slice(pressureAt + 1)).flatMap(({ path, of }): OomdPressure[] => {
    const limitPercent = parsePercent(of.get('Memory Pressure Limit') ?? '');
    const seconds = parseTimeSpan(of.get('Memory Pressure Duration') ?? '') ?? defaultSeconds;
    return limitPercent === undefined ? [] : [{ cgroup: path, limitPercent, seconds }];
  });
  return { swapUsedPercent, swap, pressure };
}

function valueIn(lines: readonly string[], key: string): string | undefined {
  return lines.find((line) => line.startsWith(`${key}: `))?.slice(key.length + 2);
}

interface Block {
  readonly path: string;
  readonly of: Map<string, string>;
}

function blocksOf(lines: readonly string[]): readonly Block[] {
  const blocks: Block[] = [];
  for (const line of lines) {
    // A heading of a version to come.
    if (/^\S/.test(line)) break;
    const [, key, value = ''] = /^\s+([^:]+): (.*)$/.exec(line) ?? [];
    if (key === 'Path') {
      if (blocks.length === MOST_CGROUPS) break;
      blocks.push({ path: value, of: new Map() });
    } else if (key !== undefined) blocks.at(-1)?.of.set(key, value);
  }
  return blocks;
}
