import { assertNever } from '../result.ts';
import { type HelperRequest } from '../contract/helper.ts';
import { SYSCTL_RANGES } from '../model/sysctl/ranges.ts';
import { type AdjChange } from '../model/change.ts';
import { type Unit } from '../model/unit.ts';
import { sectionOf } from './drop-in.ts';

/**
 * What to paste into a terminal to have the same done without the helper; undefined for what makes sense only inside of it. `memoryMount` is
 * where the memory hierarchy is mounted.
 */
export function terminalCommand(request: HelperRequest, memoryMount = '/sys/fs/cgroup'): string | undefined {
  switch (request.verb) {
    case 'set-adj':
      return `echo ${request.oomScoreAdj} | sudo tee /proc/${request.process.pid}/oom_score_adj`;
    case 'set-sysctls':
      return `sudo sysctl -w ${request.changes.map(({ name, value }) => `${name}=${value}`).join(' ')}`;
    case 'keep-sysctl':
      // A 0 of ratio or kbytes is never written: it would clear the other at boot.
      if (request.value === 0 && SYSCTL_RANGES[request.name].clears !== undefined)
        return terminalCommand({ verb: 'forget-sysctl', name: request.name });
      return `sudo mkdir -p /etc/sysctl.d && echo '${request.name} = ${request.value}' | sudo tee -a /etc/sysctl.d/90-lifeboat.conf`;
    case 'forget-sysctl':
      return `sudo sed -i '/^ *${request.name} *=/d' /etc/sysctl.d/90-lifeboat.conf`;
    case 'keep-unit-adj': {
      const folder = quoted(`/etc/systemd/system/${request.unit}.d`);
      const lines = `'[${sectionOf(request.unit)}]' 'OOMScoreAdjust=${request.oomScoreAdj}'`;
      return `sudo mkdir -p ${folder} && printf '%s\\n' ${lines} | sudo tee ${folder}/90-lifeboat.conf && sudo systemctl daemon-reload`;
    }
    case 'forget-unit-adj': {
      const file = quoted(`/etc/systemd/system/${request.unit}.d/90-lifeboat.conf`);
      return `sudo rm -f ${file} && sudo systemctl daemon-reload`;
    }
    case 'set-cgroup': {
      const file = quoted(`${memoryMount}/${request.path.replace(/^\//, '')}/${request.file}`);
      const value = request.value === 'max' && request.file.endsWith('_in_bytes') ? -1 : request.value;
      return `echo ${value} | sudo tee ${file}`;
    }
    case 'follow-kernel-log':
      return 'sudo dmesg --follow';
    case 'ping':
    case 'confirm':
    case 'extend':
    case 'revert':
      return undefined;
    default:
      return assertNever(request);
  }
}

/** What removes a drop-in that another has written. */
export function removeFileCommand({ unit, file }: { readonly unit: Unit; readonly file: string }): string {
  return unit.manager === 'system'
    ? `sudo rm -f ${quoted(file)} && sudo systemctl daemon-reload`
    : `rm -f ${quoted(file)} && systemctl --user daemon-reload`;
}

/** The same for what a preview of adjustments shows: one line for all processes that get the same value. The pids hold as long as they live. */
export function adjCommands(changes: readonly Pick<AdjChange, 'pid' | 'after'>[]): string {
  const pidsOf = Map.groupBy(changes, ({ after }) => after);
  return [...pidsOf]
    .map(([value, [first, ...others]]) => {
      if (first === undefined || others.length === 0) {
        return `echo ${value} | sudo tee /proc/${first?.pid ?? ''}/oom_score_adj`;
      }
      const pids = [first, ...others].map(({ pid }) => pid).join(' ');
      return `for pid in ${pids}; do echo ${value} | sudo tee /proc/$pid/oom_score_adj; done`;
    })
    .join('\n');
}

/** A word for a shell. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
