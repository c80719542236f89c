import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail, ok, type Result } from '#shared/result.ts';
import { type SettingsState } from '#shared/contract/settings.ts';
import { type GroupView } from '#shared/contract/groups.ts';
import { type Frame, type View } from '#shared/contract/watch.ts';
import { type Handlers, type Session } from '#shared/contract/server.ts';
import { type RecordedAlert } from '#shared/model/alert.ts';
import { type OwnStanding } from '#shared/model/own-process.ts';
import { DEFAULT_SETTINGS } from '#shared/model/settings.ts';
import { scopePage } from '../../../src-main/engine/watch/scope-summaries.ts';
import { startWeb } from '../../../src-main/transport/web.ts';
import { strictHandlers } from '../fake-handlers.ts';
import { groupFrame, GROUP_SCENES, type SceneGroups } from './scene-groups.ts';
import { type SceneMachine } from './scene-machine.ts';

/** What a scene server does with a request to watch. */
export type Mood = 'answers' | 'silent' | 'fails';

/** The built page, served by the real web transport, with a scene in the place of the engine. */
export interface SceneServer {
  readonly address: string;
  readonly port: number;
  /** A further address, for one more browser. */
  readonly mintAddress: () => string;
  /** How many requests to watch have come. */
  readonly watched: () => number;
  /** The most rows of the table that were asked for at once. */
  readonly mostRows: () => number;
  /** How many look on at present. */
  readonly viewers: () => number;
  /** Shows another scene to all clients, from its first tick on. */
  show(scene: SceneMachine, mood?: Mood): void;
  /** Shows other groups, in the frames that follow. */
  showGroups(groups: SceneGroups): void;
  /** The most lines of groups that were asked for at once. */
  readonly mostLines: () => number;
  /** How many look at groups at present. */
  readonly groupViewers: () => number;
  /** What the settings are; each change of them is taken, as the desktop program does. */
  setSettings(state: Partial<SettingsState>): void;
  settings(): SettingsState;
  /** Where Lifeboat itself stands; nowhere to begin with. */
  setOwn(processes: OwnStanding['processes']): void;
  /** Sends an event to all subscribers. */
  readonly emit: Session['emit'];
  /** Raises an alert: it is in the record, and sent to all clients. */
  alert(recorded: RecordedAlert): void;
  /** Lets time pass: sends the next frame to all subscribers. */
  tick(count?: number): void;
  close(): Promise<void>;
}

/** Starts a server on the built page. `port` and `stateDir` of an earlier one make a restart. */
export async function startScenes(
  scene: SceneMachine,
  options: { readonly port?: number; readonly stateDir?: string; readonly handlers?: Partial<Handlers> } = {},
): Promise<SceneServer> {
  const stateDir = options.stateDir ?? mkdtempSync(join(tmpdir(), 'lifeboat-scenes-'));
  const views = new Map<Session, View>();
  const groupViews = new Map<Session, GroupView>();
  let shown = scene;
  let groups: SceneGroups = GROUP_SCENES['shop']?.() ?? { groups: [], access: [] };
  let mostLines = 0;
  let mood: Mood = 'answers';
  let seq = 0;
  let watched = 0;
  let mostRows = 0;

  let settings: SettingsState = {
    settings: DEFAULT_SETTINGS,
    file: '/home/alice/.config/lifeboat/settings.json',
  };
  let alerts: readonly RecordedAlert[] = [];
  let own: OwnStanding = {
    id: 'own',
    computedAtMs: 0,
    writes: [],
    changes: [],
    processes: [],
    eligibleCount: 0,
    targetAdj: -250,
  };

  const frame = (view: View): Result<Frame> => shown.frame(view, seq);
  const handlers = strictHandlers({
    'watch.machine': () => ok(shown.machine),
    'watch.containers': () => ok({ names: [], access: [] }),
    'watch.timeline': ({ sinceMs }) => ok(shown.timeline.filter(({ timeMs }) => timeMs >= sinceMs)),
    'watch.scopes': (range) => ok(scopePage(shown.scopes(seq), range)),
    'change.journal': () => ok([]),
    'rules.read': () => ok({ file: '', rules: [], protections: [] }),
    'groups.subscribe'(view, session) {
      mostLines = Math.max(mostLines, view.range.count);
      if (!groupViews.has(session)) session.onClose(() => groupViews.delete(session));
      groupViews.set(session, view);
      return ok(groupFrame(groups, view, seq));
    },
    'groups.unsubscribe'(_, session) {
      groupViews.delete(session);
      return ok(null);
    },
    ...options.handlers,
    'doctor.examine': () => (mood === 'silent' ? never() : ok(shown.doctor)),
    'settings.read': () => ok(settings),
    'settings.change': ({ startAtLogin, ...patch }) => {
      const { thresholds, notifications } = settings.settings;
      const { desktop } = settings;
      settings = {
        ...settings,
        settings: {
          ...settings.settings,
          ...patch,
          thresholds: { ...thresholds, ...patch.thresholds },
          notifications: { ...notifications, ...patch.notifications },
        },
        ...(desktop === undefined || startAtLogin === undefined
          ? {}
          : { desktop: { ...desktop, startAtLogin } }),
      };
      return ok(settings);
    },
    'events.alerts': ({ count, beforeId = Infinity }) =>
      ok(alerts.filter(({ id }) => id < beforeId).slice(0, count)),
    'change.ownStanding': () => ok(own),
    'watch.subscribe'(view, session) {
      watched += 1;
      mostRows = Math.max(mostRows, view.table?.count ?? 0);
      if (mood === 'silent') return never();
      if (mood === 'fails') {
        return fail('proc-unreadable', { what: 'file', path: '/proc', errno: 'EACCES' });
      }
      if (!views.has(session)) session.onClose(() => views.delete(session));
      const result = frame(view);
      if (result.ok) views.set(session, view);
      return result;
    },
  });
  const started = await startWeb({
    handlers,
    port: options.port ?? 0,
    filesDir: fileURLToPath(new URL('../../../out/renderer', import.meta.url)),
    stateDir,
    log: () => undefined,
    files: { proc: '/proc', sys: '/sys', etc: '/etc' },
    right: 'look',
    nowMs: Date.now,
    randomBytes,
  });
  if (!started.ok) throw new Error(started.error.code);
  const web = started.value;
  return {
    address: web.address,
    port: web.port,
    mintAddress: () => web.mintAddress(),
    watched: () => watched,
    mostRows: () => mostRows,
    viewers: () => views.size,
    show(next, nextMood = 'answers') {
      shown = next;
      mood = nextMood;
      for (const session of views.keys()) session.emit('watch.machine', shown.machine);
    },
    showGroups(next) {
      groups = next;
    },
    mostLines: () => mostLines,
    groupViewers: () => groupViews.size,
    setSettings(state) {
      settings = { ...settings, ...state };
      for (const session of views.keys()) session.emit('settings.state', settings);
    },
    settings: () => settings,
    setOwn(processes) {
      own = { ...own, processes, eligibleCount: 214 };
    },
    emit: (...event) => {
      for (const session of views.keys()) session.emit(...event);
    },
    alert(recorded) {
      alerts = [recorded, ...alerts];
      for (const session of views.keys()) session.emit('events.alert', recorded);
    },
    tick(count = 1) {
      for (let each = 0; each < count; each += 1) {
        seq += 1;
        for (const [session, view] of views) {
          const result = frame(view);
          if (result.ok) session.emit('watch.frame', result.value);
        }
        for (const [session, view] of groupViews) session.emit('groups.frame', groupFrame(groups, view, seq));
      }
    },
    async close() {
      await web.close();
      if (options.stateDir === undefined) rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
