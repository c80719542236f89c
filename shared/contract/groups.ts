import * as v from 'valibot';
import { type EngineAccess } from '../model/owners/container.ts';
import { GROUP_KINDS, type Group, type GroupDetail, type GroupKind } from '../model/owners/group.ts';
import { answers } from './answers.ts';
import { count, MAX_ROWS, nothing } from './fields.ts';

/** What the list of groups is sorted by. `closeness`: the first to reach its limit, then the least that is left of one. */
export const GROUP_SORTS = ['closeness', 'name', 'used', 'left', 'growth', 'kills'] as const;
export type GroupSort = (typeof GROUP_SORTS)[number];

/** The part of the groups that a screen shows. */
export interface GroupRange {
  /** Also groups without a limit that are no containers. */
  readonly all: boolean;
  /** Empty for all kinds. */
  readonly kinds: readonly GroupKind[];
  /** Words that must all occur in name, image, id, unit, project or path; case does not matter. */
  readonly query: string;
  readonly sort: GroupSort;
  readonly descending: boolean;
  /** Keys of the sections of which only the heading is shown. */
  readonly folded: readonly string[];
  /** In lines: headings count. */
  readonly from: number;
  readonly count: number;
}

/** What a client looks at. */
export interface GroupView {
  readonly range: GroupRange;
  /** The key of the group whose detail is shown. */
  readonly chosen?: string;
}

/** A heading. Its groups follow it unless it is folded. */
export interface GroupSection {
  readonly key: string;
  readonly kind: 'compose' | 'containers' | 'pods' | 'services' | 'apps' | 'slices' | 'other';
  /** Of a compose project; empty for all others. */
  readonly name: string;
  readonly count: number;
  /** Of all its groups together. It has no limit of its own. */
  readonly usageBytes: number;
  readonly folded: boolean;
  /** Where its heading stands, from 0. */
  readonly line: number;
}

export type GroupLine =
  { readonly kind: 'section'; readonly key: string } | { readonly kind: 'group'; readonly group: Group };

/** The groups that are asked for, under their headings. */
export interface GroupPage {
  readonly range: GroupRange;
  /** Lines, headings included. */
  readonly total: number;
  readonly sections: readonly GroupSection[];
  readonly lines: readonly GroupLine[];
  /** Groups that are listed, folded ones included. */
  readonly groupCount: number;
  /** Groups with a limit and containers that match the query. */
  readonly listedCount: number;
  /** All groups that match the query. */
  readonly allCount: number;
  /** Of each kind, before the choice of kinds. */
  readonly kindCounts: Readonly<Record<GroupKind, number>>;
}

/** All that a screen needs of the groups, from one moment. */
export interface GroupFrame {
  readonly seq: number;
  readonly timeMs: number;
  readonly page: GroupPage;
  /** The container engines that were found, and whether they answer. */
  readonly access: readonly EngineAccess[];
  /** Undefined when none is chosen; `gone` when it has ended. */
  readonly chosen?: GroupDetail | 'gone';
}

const key = v.pipe(v.string(), v.minLength(1), v.maxLength(4200));

const range = v.strictObject({
  all: v.boolean(),
  kinds: v.pipe(v.array(v.picklist(GROUP_KINDS)), v.maxLength(GROUP_KINDS.length), v.readonly()),
  query: v.pipe(v.string(), v.maxLength(200)),
  sort: v.picklist(GROUP_SORTS),
  descending: v.boolean(),
  folded: v.pipe(v.array(v.pipe(v.string(), v.maxLength(300))), v.maxLength(200), v.readonly()),
  from: count(2 ** 22),
  count: count(MAX_ROWS),
}) satisfies v.GenericSchema<GroupRange>;

const view = v.strictObject({ range, chosen: v.exactOptional(key) }) satisfies v.GenericSchema<GroupView>;

/** Requests about groups: containers, services, applications, and all else in which memory can run out on its own. */
export const GROUPS_REQUESTS = {
  /** Sets what this connection looks at, and returns the present frame; `groups.frame` events follow with every tick. */
  'groups.subscribe': { input: view, ...answers<GroupFrame>() },
  /** No more frames of groups: the view is left. */
  'groups.unsubscribe': { input: nothing, ...answers<null>() },
} as const;

export interface GroupsEvents {
  readonly 'groups.frame': GroupFrame;
}
