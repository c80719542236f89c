import { InvalidArgumentError, type Command } from 'commander';
import { parseBytes } from '#shared/format/bytes.ts';
import { CGROUP_SETTINGS, type CgroupSetting, type CgroupValue } from '#shared/model/cgroup-change.ts';
import { scopeArgument } from '../../terminal/arguments.ts';
import { setCgroup, showCgroup, type CgroupOptions } from './cgroup-changes.ts';
import { EXIT, logLine } from '../../terminal/output.ts';

type Values = Readonly<Partial<Record<'max' | 'high' | 'low' | 'min' | 'soft' | 'oomGroup', CgroupValue>>>;

/** `lifeboat cgroup`: what a memory cgroup may use, and changing it safely. */
export function addCgroup(program: Command): void {
  program
    .command('cgroup')
    .summary('the limits of a memory cgroup')
    .description(
      'Shows what a memory cgroup uses and may use. With one of the values it sets that; it goes back by itself unless kept.',
    )
    .argument('<path>', 'the cgroup, below the mount or with it', cgroupArgument)
    .option('--max <size>', 'the limit: 512M, 2GiB, max', size)
    .option('--high <size>', 'above it, it is slowed down (v2)', size)
    .option('--low <size>', 'so much of it is taken back last (v2)', size)
    .option('--min <size>', 'so much of it is never taken back (v2)', size)
    .option('--soft <size>', 'above it, it is taken back first (v1)', size)
    .option('--oom-group <on|off>', 'whether all in it are killed together (v2)', onOff)
    .option('--may-kill', 'also when more is in use than the new limit')
    .option('--dry-run', 'show what it would bring, and change nothing')
    .option('--yes', 'do not ask; keep it at once')
    .option('--json', 'print one JSON object')
    .action(async (path: string, options: Values & CgroupOptions) => {
      const wished = CGROUP_SETTINGS.flatMap((setting) => {
        const value = options[keyOf(setting)];
        return value === undefined ? [] : [{ path, setting, value }];
      });
      const [wish, second] = wished;
      if (second !== undefined) {
        logLine('One value at a time: each is previewed, and goes back by itself unless kept.');
        process.exitCode = EXIT.usage;
      } else if (wish === undefined) await showCgroup(path, options);
      else await setCgroup(wish, options);
    });
}

/** As commander calls the option. */
function keyOf(setting: CgroupSetting): keyof Values {
  return setting === 'oom-group' ? 'oomGroup' : setting;
}

function cgroupArgument(text: string): string {
  const scope = scopeArgument(`cgroup:${text}`);
  return scope.kind === 'cgroup' ? scope.path : '/';
}

function size(text: string): CgroupValue {
  if (text === 'max') return 'max';
  const bytes = parseBytes(text);
  if (bytes === undefined) throw new InvalidArgumentError('It has to be a size, as 512M or 2GiB, or max.');
  return bytes;
}

function onOff(text: string): CgroupValue {
  if (text !== 'on' && text !== 'off') throw new InvalidArgumentError('It has to be on or off.');
  return text === 'on' ? 1 : 0;
}
