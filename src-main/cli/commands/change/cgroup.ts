import { InvalidArgumentError, type Command } from 'commander';
import { parseBytes } from '#shared/format/bytes.ts';
import { CGROUP_SETTINGS, type CgroupSetting, type CgroupValue } from '#shared/model/cgroup-change.ts';
import { NAMED_SCOPES, type NamedScope } from '#shared/model/scope.ts';
import { wordsFor } from '#shared/words/index.ts';
import { cgroupPathArgument, scopeArgument } from '../../terminal/arguments.ts';
import { setLasting } from './cgroup-lasting.ts';
import { setCgroup, showCgroup, type CgroupOptions } from './cgroup-changes.ts';
import { EXIT, logLine } from '../../terminal/output.ts';
import { terminal } from '#shared/words/en/terminal.ts';

type Values = Readonly<
  Partial<Record<'max' | 'memsw' | 'high' | 'low' | 'min' | 'soft' | 'oomGroup', CgroupValue>>
>;

/** `lifeboat cgroup`: what a memory cgroup may use, and changing it safely. */
export function addCgroup(program: Command): void {
  program
    .command('cgroup')
    .summary('show or change the limits of a memory cgroup')
    .description(
      'Shows what a memory cgroup uses and its limits. With an option it sets that limit, which reverts unless you keep it.',
    )
    .argument(
      '<path>',
      'path of the cgroup, with or without the mount point; or container:NAME, compose:PROJECT/SERVICE, pod:NAME, app:NAME',
      cgroupArgument,
    )
    .option('--max <size>', 'hard limit, such as 512M, 2GiB or max: memory.max', size)
    .option('--memsw <size>', 'the limit of memory and swap together (v1)', size)
    .option('--high <size>', 'throttle above this size: memory.high (v2)', size)
    .option('--low <size>', 'amount reclaimed last: memory.low (v2)', size)
    .option('--min <size>', 'amount never reclaimed: memory.min (v2)', size)
    .option('--soft <size>', 'soft limit, reclaimed first above it (v1)', size)
    .option('--oom-group <on|off>', 'kill all processes of the group together (v2)', onOff)
    .option(
      '--lasting',
      'let the owner keep it for later starts: the container engine, or systemd; written at once, see "lifeboat undo"',
    )
    .option('--may-kill', 'apply even if more is in use than the new limit')
    .option('--dry-run', 'show the effect without changing anything')
    .option('--yes', 'do not ask, keep the change at once')
    .option('--json', 'print one JSON object')
    .action(async (asked: string | NamedScope, options: Values & CgroupOptions) => {
      const requested = CGROUP_SETTINGS.flatMap((setting) => {
        const value = options[keyOf(setting)];
        return value === undefined ? [] : [{ setting, value }];
      });
      const [change, second] = requested;
      if (second !== undefined) {
        logLine(wordsFor(process.env['LANG']).terminal.oneValue);
        process.exitCode = EXIT.usage;
      } else if (change === undefined) await showCgroup(asked, options);
      else if (options.lasting === true) await setLasting(asked, change, options);
      else await setCgroup(asked, change, options);
    });
}

/** As commander calls the option. */
function keyOf(setting: CgroupSetting): keyof Values {
  return setting === 'oom-group' ? 'oomGroup' : setting;
}

/** A path, or a name as `--scope` takes it. */
function cgroupArgument(text: string): string | NamedScope {
  const isNamed = NAMED_SCOPES.some((what) => text.startsWith(`${what}:`));
  const scope = isNamed ? scopeArgument(text) : undefined;
  return scope?.kind === 'named' ? scope : cgroupPathArgument(text);
}

function size(text: string): CgroupValue {
  if (text === 'max') return 'max';
  const bytes = parseBytes(text);
  if (bytes === undefined) throw new InvalidArgumentError(terminal.size);
  return bytes;
}

function onOff(text: string): CgroupValue {
  if (text !== 'on' && text !== 'off') throw new InvalidArgumentError(terminal.onOrOff);
  return text === 'on' ? 1 : 0;
}
