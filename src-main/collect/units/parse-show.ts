import { type KillMode, type UnitFacts } from '#shared/killers/systemd.ts';
import { type OomPolicy } from '#shared/model/kill-order.ts';

/** The properties that are read; `Id` identifies the blocks. */
export const SHOWN_PROPERTIES = [
  'Id',
  'OOMPolicy',
  'KillMode',
  'SendSIGKILL',
  'MainPID',
  'Restart',
  'LoadState',
] as const;

const POLICIES: readonly string[] = ['stop', 'continue', 'kill'] satisfies OomPolicy[];
const MODES: readonly string[] = ['control-group', 'mixed', 'process', 'none'] satisfies KillMode[];

/**
 * Reads what `systemctl show --property=… UNIT…` prints: `KEY=value` a line, an empty line between units, in the order in which they were
 * named. `version`: the manager's, where scopes without OOMPolicy= are to be judged: 253 brought it, 252 stops every scope, those before none.
 *
 *     OOMPolicy=stop
 *     KillMode=control-group
 */
export function parseShow(
  text: string,
  names: readonly string[],
  version?: number,
): ReadonlyMap<string, UnitFacts> {
  const blocks = text
    .split(/\n\n+/)
    .map((block) => block.trim())
    .filter((block) => block !== '');
  const facts = new Map<string, UnitFacts>();
  for (const [index, block] of blocks.entries()) {
    const values = new Map(
      block.split('\n').map((line) => {
        const at = line.indexOf('=');
        return [line.slice(0, at), line.slice(at + 1)] as const;
      }),
    );
    // An alias is shown under the name of its unit: then the order tells, where no unit is missing.
    const id = values.get('Id') ?? '';
    const name = names.includes(id) ? id : blocks.length === names.length ? names[index] : undefined;
    const killMode = values.get('KillMode') ?? '';
    const oomPolicy = values.get('OOMPolicy') ?? (version === undefined ? '' : policyBefore253(version));
    if (name === undefined || !isMode(killMode) || !isPolicy(oomPolicy)) continue;
    const restart = values.get('Restart') ?? '';
    const mainPid = Number(values.get('MainPID') ?? '0');
    facts.set(name, {
      oomPolicy,
      killMode,
      sendSigkill: values.get('SendSIGKILL') !== 'no',
      ...(Number.isSafeInteger(mainPid) && mainPid > 0 ? { mainPid } : {}),
      ...(restart === '' ? {} : { restart }),
      presumed: false,
    });
  }
  return facts;
}

/** Whether a text of `systemctl show` has units that do not say their policy. */
export function lacksPolicy(text: string): boolean {
  return text.split(/\n\n+/).some((block) => block.includes('KillMode=') && !block.includes('OOMPolicy='));
}

/** The number in what the property Version says: `252.38-1~deb12u1`, `v255.4-1ubuntu8`. */
export function parseVersion(text: string): number | undefined {
  const number = /^v?(\d{2,4})\b/.exec(text.trim())?.[1];
  return number === undefined ? undefined : Number(number);
}

/** scope_notify_cgroup_oom_event() is there since 252, the property for it since 253. */
function policyBefore253(version: number): OomPolicy {
  return version === 252 ? 'stop' : 'continue';
}

function isPolicy(text: string): text is OomPolicy {
  return POLICIES.includes(text);
}

function isMode(text: string): text is KillMode {
  return MODES.includes(text);
}
