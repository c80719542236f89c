import { arrange } from '#shared/groups/arrange.ts';
import { type GroupFrame, type GroupView } from '#shared/contract/groups.ts';
import { type Group } from '#shared/model/owners/group.ts';
import { type ProcessId } from '#shared/model/process.ts';
import { compact } from '#shared/optional.ts';
import { type Containers } from '../../containers/registry.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { type GroupForecasts } from '../forecast/group-forecasts.ts';
import { groupDetail } from './detail.ts';
import { groupsOf } from './groups-of.ts';
import { withRowFacts } from './row-facts.ts';

/** A connected page that looks at groups. */
export interface GroupClient {
  view: GroupView;
  readonly onFrame: (frame: GroupFrame) => void;
}

/** What is read in every tick for those that look: the groups in sight, who would be killed in them, and the members of the chosen one. */
export interface GroupInterest {
  readonly watched: readonly ProcessId[];
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
}

/** A group that has ended stays in sight for so long: a row that vanishes is looked for. */
const GONE_MS = 10_000;

const NOTHING: GroupInterest = { watched: [], groups: [], scopes: [] };

/** What the frames are made from beside the snapshot. */
export interface GroupWatchSources {
  readonly containers: Pick<Containers, 'of' | 'all' | 'access'>;
  readonly forecasts: () => Pick<GroupForecasts, 'of' | 'history'>;
}

/** Makes the frames of groups for those that look at them. While there is none it does nothing, and asks for nothing to be read. */
export class GroupWatch {
  readonly #sources: GroupWatchSources;
  readonly #clients = new Map<GroupClient, GroupInterest>();
  /** All groups of the last snapshot that was shown. */
  #last: { readonly snapshot: Snapshot; readonly groups: readonly Group[] } | undefined;
  /** Those that ended a moment ago, and until when they are shown. */
  #gone: readonly { readonly group: Group; readonly untilMs: number }[] = [];

  constructor(sources: GroupWatchSources) {
    this.#sources = sources;
  }

  /** What the next snapshot is to read closely. */
  get closely(): GroupInterest {
    if (this.#clients.size === 0) return NOTHING;
    const all = [...this.#clients.values()];
    return {
      watched: all.flatMap(({ watched }) => watched),
      groups: all.flatMap(({ groups }) => groups),
      scopes: [...new Set(all.flatMap(({ scopes }) => scopes))],
    };
  }

  /** Sets what a client looks at; returns its present frame. */
  watch(client: GroupClient, view: GroupView, snapshot: Snapshot): GroupFrame {
    client.view = view;
    this.#clients.set(client, NOTHING);
    return this.#frame(client, snapshot);
  }

  unwatch(client: GroupClient): void {
    this.#clients.delete(client);
    if (this.#clients.size > 0) return;
    this.#last = undefined;
    this.#gone = [];
  }

  /** Takes a snapshot of the clock: everyone that looks gets a frame. */
  take(snapshot: Snapshot): void {
    for (const client of this.#clients.keys()) client.onFrame(this.#frame(client, snapshot));
  }

  #frame(client: GroupClient, snapshot: Snapshot): GroupFrame {
    const { range, chosen: key } = client.view;
    const all = this.#groupsIn(snapshot);
    const { lines, ...page } = arrange(all, range);
    const withFacts = lines.map((line) =>
      line.kind === 'group' && line.group.gone !== true
        ? { ...line, group: withRowFacts(snapshot, line.group) }
        : line,
    );
    const found =
      key === undefined ? undefined : all.find((group) => group.key === key && group.gone !== true);
    const detail =
      found && groupDetail(snapshot, found, this.#sources.forecasts(), (path) => nameIn(all, path));
    const chosen: GroupFrame['chosen'] = key === undefined ? undefined : (detail ?? 'gone');
    const shown = withFacts.flatMap((line) =>
      line.kind === 'group' && line.group.gone !== true ? line.group : [],
    );
    this.#clients.set(client, interestIn(shown, found));
    return {
      seq: snapshot.seq,
      timeMs: snapshot.timeMs,
      page: { ...page, lines: withFacts },
      access: this.#sources.containers.access(),
      ...compact({ chosen }),
    };
  }

  #groupsIn(snapshot: Snapshot): readonly Group[] {
    if (this.#last?.snapshot === snapshot) return this.#last.groups;
    const { containers, forecasts } = this.#sources;
    const groups = groupsOf(snapshot, { containers, forecasts: forecasts() });
    this.#follow(groups, snapshot.monotonicMs);
    const all = [...groups, ...this.#gone.map(({ group }) => group)];
    this.#last = { snapshot, groups: all };
    return all;
  }

  /** Keeps those of the last snapshot that are not in this one. */
  #follow(groups: readonly Group[], nowMs: number): void {
    const keys = new Set(groups.map(({ key }) => key));
    const before = this.#last?.groups.filter(({ gone }) => gone !== true) ?? [];
    const ended = before
      .filter(({ key }) => !keys.has(key))
      .map(({ forecast: _, growthBytesPerMinute: __, steadySeconds: ___, ...last }) => ({
        group: { ...last, gone: true as const },
        untilMs: nowMs + GONE_MS,
      }));
    const still = this.#gone.filter(({ group, untilMs }) => untilMs > nowMs && !keys.has(group.key));
    this.#gone = [...still, ...ended];
  }
}

function interestIn(shown: readonly Group[], chosen: Group | undefined): GroupInterest {
  const victims = shown.flatMap(({ victim }) => victim ?? []);
  // Members of a group without a limit decide nothing there.
  const scope = chosen?.headroom === undefined ? undefined : chosen.path;
  return {
    watched: victims.map(({ pid, startTicks }) => ({ pid, startTicks })),
    groups: [...shown, ...(chosen === undefined ? [] : [chosen])].flatMap(({ path }) => path ?? []),
    scopes: scope === undefined ? [] : [scope],
  };
}

function nameIn(groups: readonly Group[], path: string): string {
  return groups.find((group) => group.path === path)?.name ?? path.slice(path.lastIndexOf('/') + 1);
}
