import { formatAdj } from '#shared/format/count.ts';
import { safeText, shorten } from '#shared/format/safe-text.ts';
import { type DropInWaits, type Lasting, type LastingPlace } from '#shared/model/change.ts';
import { failure } from '../failure.ts';
import { containerNoun } from '../places.ts';
import { unitNoun } from '../unit.ts';

/** An engine, and the part of an id that is enough to name it. */
const CONTAINER_LENGTH = 24;

/** How a value can be made to last. */
function lastingSentence(lasting: Lasting, oomScoreAdj: number): string {
  switch (lasting.kind) {
    case 'unit':
      return `Every later start of ${unitNoun(lasting.unit)} gets ${formatAdj(oomScoreAdj)} from a drop-in (OOMScoreAdjust=).`;
    case 'container':
      return containerLasts(lasting, oomScoreAdj);
    case 'rule':
      return `While Lifeboat runs, every process named ${safeText(lasting.name)} gets ${formatAdj(oomScoreAdj)}.`;
  }
}

/** What the program that starts a container is to be told: podman-run(1), lxc.container.conf(5), systemd.nspawn(5), kubelet's pkg/kubelet/qos/policy.go. */
function containerLasts(
  { container, runtime, flag, compose }: Extract<Lasting, { readonly kind: 'container' }>,
  oomScoreAdj: number,
): string {
  const which = `container ${shorten(containerNoun(container), CONTAINER_LENGTH)}`;
  if (runtime === 'lxc')
    return `Put "lxc.proc.oom_score_adj = ${oomScoreAdj}" into the configuration of ${which}.`;
  if (runtime === 'nspawn')
    return `Put "OOMScoreAdjust=${oomScoreAdj}" into the [Exec] section of the .nspawn file of ${which}.`;
  if (flag === undefined || compose === undefined)
    return `Not kept for ${which}: what starts it decides. In Kubernetes that is the kubelet, by the pod’s quality of service.`;
  const start = `Start ${which} with ${flag} next time, or put "${compose}" into its compose file.`;
  return runtime === 'containerd'
    ? `${start} In Kubernetes the kubelet decides, by the pod’s quality of service.`
    : start;
}

/** The same before it is done: with the file, or why it cannot be kept. */
export function lastingPlanSentence({ lasting, oomScoreAdj, file, refused, waits }: LastingPlace): string {
  if (refused !== undefined) {
    const { message, hint } = failure(refused);
    return `Not kept for ${keptFor(lasting)}: ${message}${hint === undefined ? '' : ` ${hint}`}`;
  }
  const where = file === undefined ? '' : ` (${safeText(file)})`;
  return `${lastingSentence(lasting, oomScoreAdj)}${where}${waits === undefined ? '' : ` ${WAITS[waits]}`}`;
}

const WAITS: Readonly<Record<DropInWaits, string>> = {
  'no-systemd': 'systemd does not run here: the file has no effect until it does.',
  'not-read': 'systemd has not read the file yet: sudo systemctl daemon-reload',
};

function keptFor(lasting: Lasting): string {
  switch (lasting.kind) {
    case 'unit':
      return unitNoun(lasting.unit);
    case 'container':
      return `the ${safeText(lasting.runtime)} container`;
    case 'rule':
      return `processes called ${safeText(lasting.name)}`;
  }
}
