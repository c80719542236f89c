import { type Handlers, type Session } from '#shared/contract/server.ts';
import { REQUESTS, type Input, type Output, type RequestName } from '#shared/contract/table.ts';
import { type Result } from '#shared/result.ts';
import {
  applyPlannedAdj,
  applyPlannedCgroup,
  applyPlannedSysctls,
  planAdj,
  planCgroup,
  planSysctls,
} from './change/planned-requests.ts';
import { applyKeep, previewKeep } from './change/adj/keep.ts';
import { applyPlannedLimit, planLimit } from './change/cgroup/lasting-limit.ts';
import { readCgroup } from './change/cgroup/requests.ts';
import { confirmPending, extendPending, revertPending } from './change/confirm.ts';
import { protectOwn, readOwnStanding } from './change/own/requests.ts';
import { readJournal } from './change/read-journal.ts';
import { readRights, unlock } from './change/read-rights.ts';
import { applyKeepSysctl, previewKeepSysctl } from './change/sysctl/plan-keep.ts';
import { tuning } from './change/sysctl/requests.ts';
import { applyUndo } from './change/undo/apply-undo.ts';
import { previewUndo } from './change/undo/undo.ts';
import { examineMachine } from './doctor/examine-machine.ts';
import { askWindowsForMemory, wslMachine, wslReport } from './doctor/wsl.ts';
import { readAlerts } from './events/read-alerts.ts';
import { changeSettings, readSettings } from './settings/read-settings.ts';
import { applyRule, previewAddRule, previewRemoveRule } from './rules/change-rules.ts';
import { previewRemoveDropIn, removeDropIn } from './rules/drop-ins.ts';
import { readProtections } from './rules/protections.ts';
import { subscribeGroups, unsubscribeGroups } from './groups/subscribe.ts';
import { containers, machine, scopes, subscribe, timeline } from './watch/subscribe.ts';
import { type World } from './world.ts';

/** The function that answers each request of the contract. */
const FUNCTIONS: {
  readonly [N in RequestName]: (
    world: World,
    input: Input<N>,
    session: Session,
  ) => Result<Output<N>> | Promise<Result<Output<N>>>;
} = {
  'watch.machine': machine,
  'watch.subscribe': subscribe,
  'watch.scopes': scopes,
  'watch.containers': containers,
  'watch.timeline': timeline,
  'groups.subscribe': subscribeGroups,
  'groups.unsubscribe': unsubscribeGroups,
  'change.rights': readRights,
  'change.unlock': unlock,
  'change.previewAdj': planAdj,
  'change.applyAdj': applyPlannedAdj,
  'change.previewKeep': previewKeep,
  'change.applyKeep': applyKeep,
  'change.previewUndo': previewUndo,
  'change.applyUndo': applyUndo,
  'change.journal': readJournal,
  'change.tuning': tuning,
  'change.previewSysctls': planSysctls,
  'change.applySysctls': applyPlannedSysctls,
  'change.previewKeepSysctl': previewKeepSysctl,
  'change.applyKeepSysctl': applyKeepSysctl,
  'change.cgroup': readCgroup,
  'change.previewCgroup': planCgroup,
  'change.applyCgroup': applyPlannedCgroup,
  'change.previewLimit': planLimit,
  'change.applyLimit': applyPlannedLimit,
  'change.confirmPending': confirmPending,
  'change.extendPending': extendPending,
  'change.revertPending': revertPending,
  'change.ownStanding': readOwnStanding,
  'change.protectOwn': protectOwn,
  'rules.read': readProtections,
  'rules.previewAdd': previewAddRule,
  'rules.previewRemove': previewRemoveRule,
  'rules.apply': applyRule,
  'rules.previewRemoveDropIn': previewRemoveDropIn,
  'rules.removeDropIn': removeDropIn,
  'events.alerts': readAlerts,
  'doctor.examine': examineMachine,
  'doctor.wslMachine': wslMachine,
  'doctor.wsl': wslReport,
  'doctor.askWindows': askWindowsForMemory,
  'settings.read': readSettings,
  'settings.change': changeSettings,
};

/** The requests of the contract, answered in one world. One for all connections: what belongs to one hangs on its session. */
export function handlersOf(world: World): Handlers {
  const names = Object.keys(REQUESTS) as RequestName[];
  const bound = names.map((name) => [name, bind(world, name)] as const);
  return Object.fromEntries(bound) as unknown as Handlers;
}

function bind<N extends RequestName>(world: World, name: N): Handlers[N] {
  const answer = FUNCTIONS[name];
  return ((input: Input<N>, session: Session) => answer(world, input, session)) as Handlers[N];
}
