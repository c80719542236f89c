import { ok } from '#shared/result.ts';
import { type HelperRequest, type HelperValue, type Written } from '#shared/contract/helper.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl/specs.ts';
import { type SysctlName } from '#shared/model/sysctl/sysctl.ts';
import { actionsOn } from './stage.ts';
import { StrictHelper, wrote } from './strict-helper.ts';

/** A helper that keeps values as the kernel and the disk do: what it writes can be read again, and every write is noted. */
class KeepingHelper extends StrictHelper {
  answer: (request: HelperRequest) => HelperValue = () => ({ written: [] });

  override async request(request: HelperRequest) {
    this.asked.push(request);
    return Promise.resolve(ok(this.answer(request)));
  }
}

/** A stage whose helper writes: processes, settings, lines on disk, drop-ins and one limit. */
export function writingStage(sysctls: Partial<Record<SysctlName, number>>) {
  const helper = new KeepingHelper();
  const stage = actionsOn({ helper, sysctls, cgroups: { '/a': 2 ** 30 }, ownLeast: -1000 });
  const { values, kept, systemUnits, cgroups } = stage;
  const settings = stage.sysctls;
  let change = 0;
  helper.answer = (request) => {
    switch (request.verb) {
      case 'set-adj': {
        const { pid } = request.process;
        const before = values.get(pid) ?? 0;
        values.set(pid, request.oomScoreAdj);
        return { written: [wrote(`oom_score_adj of process ${pid}`, `${before}`, `${request.oomScoreAdj}`)] };
      }
      case 'set-sysctls': {
        const written = request.changes.flatMap(({ name, value }) => setSysctl(name, value, request.changes));
        return request.pendingSeconds === undefined ? { written } : { written, pending: waiting() };
      }
      case 'set-cgroup': {
        const { path, file, value } = request;
        const before = limit;
        limit = value;
        cgroups.set(path, value);
        const written = [wrote(`${path.slice(1)} ${file}`, `${before}`, `${value}`)];
        return request.pendingSeconds === undefined ? { written } : { written, pending: waiting() };
      }
      case 'keep-sysctl':
      case 'forget-sysctl':
        return {
          written: keepLine(request.name, request.verb === 'keep-sysctl' ? request.value : undefined),
        };
      case 'keep-unit-adj':
      case 'forget-unit-adj': {
        const before = systemUnits.get(request.unit) ?? '';
        const after = request.verb === 'keep-unit-adj' ? `${request.oomScoreAdj}` : '';
        systemUnits.set(request.unit, after);
        return { written: [wrote(`/${request.unit}.d`, before, after)] };
      }
      case 'confirm':
      case 'extend':
      case 'revert':
      case 'ping':
      case 'follow-kernel-log':
        return { written: [] };
    }
  };
  let limit: number | 'max' = 2 ** 30;
  const waiting = () => ({ change: ++change, deadlineMs: 1_700_000_020_000 });

  /** mm/util.c: writing one of ratio and kbytes clears the other, unless 0 is written. */
  function setSysctl(
    name: SysctlName,
    value: number,
    all: readonly { readonly name: SysctlName }[],
  ): readonly Written[] {
    const before = settings.get(name) ?? 0;
    settings.set(name, value);
    const { clears } = SYSCTL_SPECS[name];
    const own = wrote(name, `${before}`, `${value}`);
    const lost = clears === undefined ? 0 : (settings.get(clears) ?? 0);
    if (clears === undefined || lost === 0 || value === 0 || all.some((each) => each.name === clears))
      return [own];
    settings.set(clears, 0);
    return [own, wrote(clears, `${lost}`, '0')];
  }

  /** The helper takes the partner's line away with a line of ratio or kbytes. */
  function keepLine(name: SysctlName, value: number | undefined): readonly Written[] {
    const file = '/etc/sysctl.d/90-lifeboat.conf';
    const before = kept.get(name)?.toString() ?? '';
    if (value === undefined) kept.delete(name);
    else kept.set(name, value);
    const { clears } = SYSCTL_SPECS[name];
    const displaced = clears === undefined || value === undefined ? undefined : kept.get(clears);
    if (clears !== undefined && displaced !== undefined) kept.delete(clears);
    return [
      wrote(`${file} ${name}`, before, value?.toString() ?? ''),
      ...(clears === undefined || displaced === undefined
        ? []
        : [wrote(`${file} ${clears}`, `${displaced}`, '')]),
    ];
  }

  return {
    ...stage,
    helper,
    limitNow: () => limit,
    /** Everything that can be written, as it is now: two of these tell what a deed has changed. */
    state: (rules: string) => ({
      ...prefixed('adj', values),
      ...prefixed('sysctl', settings),
      ...prefixed('kept', kept),
      ...prefixed('system', systemUnits),
      ...prefixed('user', stage.userUnits),
      'cgroup /a': `${limit}`,
      rules,
    }),
  };
}

function prefixed(prefix: string, map: ReadonlyMap<number | string, number | string>) {
  return Object.fromEntries(
    [...map].filter(([, value]) => value !== '').map(([key, value]) => [`${prefix} ${key}`, `${value}`]),
  );
}
