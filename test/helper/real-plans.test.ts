// Over 300 lines: one machine, on which everything is played.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createClient, type Client } from '#shared/contract/client.ts';
import { type AdjIntent, type JournalEntry } from '#shared/model/change.ts';
import { type PlannedWrite } from '#shared/model/planned-change.ts';
import { type RuleEffect } from '#shared/model/rule.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { type SysctlName } from '#shared/model/sysctl/sysctl.ts';
import { type Result } from '#shared/result.ts';
import { launchChanging } from '../e2e/support/changing.ts';
import { randomFrom, type Random } from '../fuzz/random.ts';
import { realCgroup } from '../helpers/processes/process-cgroup.ts';
import { clientChannel, openRpc, signIn } from '../helpers/web-client.ts';
import { realState, type RealPlaces } from './support/real-state.ts';

/** More with LIFEBOAT_RUNS, and the same again with LIFEBOAT_SEED, as `npm run fuzz -- plans` does. */
const RUNS = Number(process.env['LIFEBOAT_RUNS'] ?? 12);
const SEED = Number(process.env['LIFEBOAT_SEED'] ?? Date.now() % 2 ** 32);
const MIB = 2 ** 20;
const SYSTEM_UNIT = `lbplan-${process.pid}.service`;
const USER_UNIT = 'lbplan-own.service';
const NAMES = ['lbplan-a', 'lbplan-b'] as const;
/** Harmless: there is no strict accounting, and they come back. */
const SETTINGS: readonly SysctlName[] = ['vm.swappiness', 'vm.overcommit_ratio', 'vm.oom_dump_tasks'];

interface Machine {
  readonly client: Client;
  readonly random: Random;
  readonly cgroup: { readonly path: string; readonly limitFile: string };
  readonly places: RealPlaces;
  readonly pids: readonly number[];
  readonly state: () => Record<string, string>;
}

/** What was done, and what it was to write by its own word. */
interface Played {
  readonly writes: readonly PlannedWrite[];
  /** Of a rule: what it changes at once. */
  readonly effects?: readonly RuleEffect[];
  /** How many processes an undone rule changes at once. */
  readonly ruled?: number;
  /** Subjects of writes that were said not to have been done. */
  readonly failed?: readonly string[];
  readonly isReverted?: true;
  /** As a whole, because another program has written in between. */
  readonly isRefused?: true;
  /** What another program wrote in between. */
  readonly meddled?: Readonly<Record<string, string>>;
  /** Entries of the journal that it undid. */
  readonly undone?: readonly number[];
}

const value = <T>(result: Result<T>): T =>
  result.ok ? result.value : expect.unreachable(JSON.stringify(result.error));

/** Programs that sleep, of two users, and Lifeboat as it is shipped, which may change them. */
async function machine(random: Random): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-real-plans-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  chmodSync(folder, 0o755);
  // No service manager runs on a build machine: a stand-in takes its place.
  writeFileSync(join(folder, 'systemctl'), '#!/bin/sh\n');
  chmodSync(join(folder, 'systemctl'), 0o755);
  for (const name of NAMES) copyFileSync('/bin/sleep', join(folder, name));
  const cgroup = realCgroup('lifeboat-real-plans', 256 * MIB);
  const start = (name: string, uid: number): number => {
    const child = spawn(join(folder, name), ['1000'], { stdio: 'ignore', uid });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    const pid = child.pid ?? expect.unreachable('sleep did not start');
    writeFileSync(`/proc/${pid}/oom_score_adj`, '100');
    return pid;
  };
  const pids = [start('lbplan-a', 0), start('lbplan-a', 65_534), start('lbplan-b', 65_534)];
  cgroup.add(pids[2] ?? 0);
  const lifeboat = await launchChanging(folder);
  onTestFinished(() => lifeboat.end());
  writeUnits(lifeboat.configHome);
  const web = { port: Number(new URL(lifeboat.address).port), mintAddress: () => lifeboat.address };
  const client = createClient(clientChannel(await openRpc(web, await signIn(web))));
  // Rules are applied with each reading.
  value(await client.request('settings.change', { intervalMs: 500 }));
  const mount = cgroup.folder.slice(0, -cgroup.path.length);
  const places = { configHome: lifeboat.configHome, cgroupMount: mount };
  const limitFile = cgroup.version === 1 ? 'memory.limit_in_bytes' : 'memory.max';
  const state = () => realState(places, pids);
  return { client, random, cgroup: { path: cgroup.path, limitFile }, places, pids, state };
}

function writeUnits(configHome: string): void {
  const own = join(configHome, 'systemd/user');
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, USER_UNIT), '[Service]\nExecStart=/bin/true\n');
  const system = `/etc/systemd/system/${SYSTEM_UNIT}`;
  mkdirSync('/etc/systemd/system', { recursive: true });
  writeFileSync(system, '[Service]\nExecStart=/bin/true\n');
  const kept = '/etc/sysctl.d/90-lifeboat.conf';
  const had = existsSync(kept) ? readFileSync(kept, 'utf8') : undefined;
  const values = SETTINGS.map((name) => `/proc/sys/${name.replaceAll('.', '/')}`).map(
    (path) => [path, readFileSync(path, 'utf8')] as const,
  );
  onTestFinished(() => {
    rmSync(system);
    rmSync(`${system}.d`, { recursive: true, force: true });
    if (had === undefined) rmSync(kept, { force: true });
    else writeFileSync(kept, had);
    for (const [path, text] of values) if (readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
  });
}

/** Where a planned write is found in the state of the machine. */
function keyOf({ mechanism, subject, process: of }: PlannedWrite): string {
  switch (mechanism) {
    case 'oom-score-adj':
      return `adj ${of?.pid ?? ''}`;
    case 'sysctl':
      return `sysctl ${subject}`;
    case 'sysctl-file':
      return `kept ${subject}`;
    case 'cgroup-file':
    case 'limit':
      return `cgroup ${subject}`;
    case 'unit':
      return `${subject.includes(USER_UNIT) ? 'user' : 'system'} ${/lbplan-[^/]*\.service/.exec(subject)?.[0] ?? ''}`;
    case 'rule':
      return `rule ${/name = "([^"]+)"/.exec(subject)?.[1] ?? ''}`;
  }
}

/** Another program writes between the preview and the deed: what was shown is no longer so. */
function meddle(
  { random, cgroup, places }: Machine,
  writes: readonly PlannedWrite[],
): Record<string, string> {
  const write = random.pick(writes);
  const wrote = (path: string, values: readonly string[]) => {
    const by = random.pick(values.filter((each) => each !== write.seen && each !== write.value));
    writeFileSync(path, by);
    return { [keyOf(write)]: by };
  };
  switch (write.mechanism) {
    case 'oom-score-adj':
      return wrote(`/proc/${write.process?.pid ?? 0}/oom_score_adj`, ['611', '612', '613']);
    case 'sysctl':
      return wrote(`/proc/sys/${write.subject.replaceAll('.', '/')}`, ['0', '1']);
    case 'cgroup-file':
      return wrote(
        `${places.cgroupMount}${cgroup.path}/${cgroup.limitFile}`,
        [128, 132, 136].map((mib) => String(mib * MIB)),
      );
    default:
      return expect.unreachable(write.mechanism);
  }
}

const DEEDS: Readonly<Record<string, (on: Machine, isMeddled: boolean) => Promise<Played | undefined>>> = {
  async adj(on, isMeddled) {
    const { client, random, pids } = on;
    const intents: readonly AdjIntent[] = [
      ...(['later', 'strong', 'never', 'first'] as const).map((kind) => ({ kind })),
      { kind: 'behind', n: 1 + random.below(3) },
      ...[0, 0, 0].map(
        () =>
          ({ kind: 'adj', oomScoreAdj: random.below(1001) - (random.below(8) === 0 ? 1000 : 0) }) as const,
      ),
    ];
    const name = random.pick(NAMES);
    const pid = random.pick(pids);
    const startTicks = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19]);
    const kind = random.pick(['name', 'process', 'tree'] as const);
    const target = kind === 'name' ? { kind, name } : { kind, id: { pid, startTicks } };
    const plan = await client.request('change.previewAdj', {
      target,
      intent: random.pick(intents),
      scope: GLOBAL_SCOPE,
    });
    if (!plan.ok) return undefined;
    const { id, writes } = plan.value;
    if (writes.length === 0) return { writes };
    const meddled = isMeddled ? meddle(on, writes) : {};
    const { outcomes } = value(await client.request('change.applyAdj', { id }));
    const failed = outcomes
      .filter(({ error }) => error !== undefined)
      .map((each) => `${each.name} (${each.pid})`);
    return { writes, failed, meddled };
  },
  async sysctls(on, isMeddled) {
    const { client, random } = on;
    const names = SETTINGS.filter(() => random.below(2) === 0);
    const changes = (names.length === 0 ? SETTINGS.slice(0, 1) : names).map((name) => ({
      name,
      value: name === 'vm.oom_dump_tasks' ? random.below(2) : 1 + random.below(99),
    }));
    const { id, writes } = value(await client.request('change.previewSysctls', { changes }));
    return pending(on, 'change.applySysctls', { id }, writes, isMeddled);
  },
  async cgroup(on, isMeddled) {
    const { client, random, cgroup } = on;
    const change = { path: cgroup.path, setting: 'max', value: (64 + random.below(192)) * MIB } as const;
    const plan = await client.request('change.previewCgroup', change);
    if (!plan.ok) return undefined;
    const { id, writes } = plan.value;
    return pending(on, 'change.applyCgroup', { id, mayKill: false }, writes, isMeddled);
  },
  async 'next boot'({ client, random }) {
    const name = random.pick(SETTINGS);
    const wanted =
      random.below(4) === 0
        ? {}
        : { value: name === 'vm.oom_dump_tasks' ? random.below(2) : 1 + random.below(99) };
    const plan = await client.request('change.previewKeepSysctl', { name, ...wanted });
    if (!plan.ok) return undefined;
    value(await client.request('change.applyKeepSysctl', { id: plan.value.id }));
    return { writes: plan.value.writes };
  },
  async rule({ client, random }) {
    const plan = value(
      await client.request('rules.previewAdd', {
        name: random.pick(NAMES),
        oomScoreAdj: 200 + random.below(800),
      }),
    );
    value(await client.request('rules.apply', { id: plan.id }));
    return { writes: plan.writes, effects: plan.effects };
  },
  async 'rule removed'({ client, random }) {
    const plan = await client.request('rules.previewRemove', { number: 1 + random.below(2) });
    if (!plan.ok) return undefined;
    value(await client.request('rules.apply', { id: plan.value.id }));
    return { writes: plan.value.writes, effects: plan.value.effects };
  },
  async kept({ client, random }) {
    const lasting = random.pick([
      { kind: 'rule', name: random.pick(NAMES) },
      { kind: 'unit', unit: { manager: 'system', name: SYSTEM_UNIT } },
      { kind: 'unit', unit: { manager: `user:${process.getuid?.() ?? 0}`, name: USER_UNIT } },
    ] as const);
    const oomScoreAdj = 200 + random.below(800);
    const plan = value(await client.request('change.previewKeep', { places: [{ lasting, oomScoreAdj }] }));
    const kept = value(await client.request('change.applyKeep', { id: plan.id }));
    expect(kept.places.map(({ refused }) => refused)).toEqual(plan.places.map(({ refused }) => refused));
    return { writes: plan.writes, effects: plan.effects };
  },
  async undo({ client, random }) {
    const entries = await journalOf(client);
    const open = entries.filter(({ state }) => state === 'done').map(({ group }) => group);
    if (open.length === 0) return undefined;
    const groups = random.below(3) === 0 ? ('all' as const) : [random.pick(open)];
    const list = await client.request('change.previewUndo', { groups });
    if (!list.ok) return undefined;
    const chosen = list.value.clicks
      .filter((click) => click.isChosen || random.below(2) === 0)
      .map(({ group }) => group);
    const plan = value(await client.request('change.previewUndo', { groups, chosen }));
    const outcomes = value(await client.request('change.applyUndo', { id: plan.id }));
    const items = plan.clicks.flatMap((click) => (click.isChosen ? click.items : []));
    const ruled = items
      .flatMap(({ effects }) => effects)
      .reduce((sum, { fact }) => sum + (fact.kind === 'rule-changes' ? fact.count : 0), 0);
    const failed = outcomes.filter(({ result }) => result === 'failed').map(({ entry }) => entry.subject);
    const undone = items
      .filter(({ does, entry }) => does === 'write' && !failed.includes(entry.subject))
      .map(({ entry }) => entry.id);
    return { writes: plan.writes, failed, ruled, undone };
  },
};

/** Applies what waits to be kept, and keeps it or takes it back. All or none of it is written. */
async function pending(
  on: Machine,
  request: 'change.applySysctls' | 'change.applyCgroup',
  input: Parameters<Client['request']>[1] & object,
  writes: readonly PlannedWrite[],
  isMeddled: boolean,
): Promise<Played> {
  const { client, random } = on;
  const meddled = isMeddled && writes.length > 0 ? meddle(on, writes) : undefined;
  const applied = (await client.request(request, input as never)) as Result<{ readonly id: number }>;
  if (meddled !== undefined) {
    expect(applied.ok, 'applied although it was changed meanwhile').toBe(false);
    return { writes, failed: writes.map(({ subject }) => subject), meddled, isRefused: true };
  }
  const { id } = value(applied);
  if (random.below(3) === 0) {
    value(await client.request('change.revertPending', { id }));
    return { writes, isReverted: true };
  }
  value(await client.request('change.confirmPending', { id, onDisk: false }));
  return { writes };
}

async function journalOf(client: Client): Promise<readonly JournalEntry[]> {
  return value(await client.request('change.journal', { count: 200 }));
}

const said = (writes: readonly Pick<PlannedWrite, 'subject' | 'seen' | 'value'>[]) =>
  writes.map(({ subject, seen = '', value: to }) => `${subject}: ${seen} → ${to}`).toSorted();

describe('what is applied on this machine', () => {
  it(
    'is what the preview said, by the kernel and by all files: no more, no less, and the journal has it',
    { timeout: 60_000 + RUNS * 1000 },
    async () => {
      const random = randomFrom(SEED);
      const on = await machine(random);
      let before = on.state();
      for (let round = 0; round < RUNS; round++) {
        const [deed, play] = random.pick(Object.entries(DEEDS));
        const isMeddled = random.below(4) === 0;
        const what = `--seed ${SEED}, ${round}: ${deed}${isMeddled ? ', with another program between' : ''}`;
        const last = (await journalOf(on.client))[0]?.id ?? 0;
        // Nothing has been written since the last deed.
        const now = on.state();
        expect(shared(now, before), what).toEqual(shared(before, now));
        const played = await play(on, isMeddled);
        before = await settled(before, played, on, what);
        await isJournaled(played, last, on, what);
      }
    },
  );
});

/** The state after a deed, compared with what its preview said. What a rule gives comes with the next reading of all processes. */
async function settled(
  before: Record<string, string>,
  played: Played | undefined,
  on: Machine,
  what: string,
): Promise<Record<string, string>> {
  const { writes = [], failed = [], effects = [], ruled = 0, meddled = {} } = played ?? {};
  const expected: Record<string, string> = { ...before, ...meddled };
  for (const write of writes) {
    const key = keyOf(write);
    // What a preview saw is what is there: empty and absent are the same.
    // What was undone before it in the same list counts.
    if (meddled[key] === undefined)
      expect(expected[key] ?? '', `${what}: ${key} as it was seen`).toBe(write.seen ?? '');
    if (failed.includes(write.subject) || played?.isReverted === true) continue;
    if (write.value === '') Reflect.deleteProperty(expected, key);
    else expected[key] = write.value;
  }
  for (const { pid, after } of effects) expected[`adj ${pid}`] = String(after);
  const isOther = (now: Record<string, string>, pid: number) => now[`adj ${pid}`] !== expected[`adj ${pid}`];
  const now = await vi.waitFor(
    () => {
      const state = on.state();
      for (const { pid } of effects) expect(isOther(state, pid), `${what}: by its rule`).toBe(false);
      if (ruled > 0)
        expect(on.pids.filter((pid) => isOther(state, pid)).length, `${what}: by rules`).toBe(ruled);
      return state;
    },
    { timeout: 10_000, interval: 50 },
  );
  if (ruled > 0) for (const pid of on.pids) expected[`adj ${pid}`] = now[`adj ${pid}`] ?? '';
  expect(shared(now, expected), what).toEqual(shared(expected, now));
  return now;
}

/** The journal has what was written, and what was refused, and nothing else. */
async function isJournaled(
  played: Played | undefined,
  last: number,
  on: Machine,
  what: string,
): Promise<void> {
  const { writes = [], failed = [], effects = [], isReverted, undone } = played ?? {};
  const entries = await journalOf(on.client);
  const news = entries.filter(({ id, action }) => id > last && action !== 'rule');
  const of = (state: JournalEntry['state']) =>
    said(
      news
        .filter((entry) => entry.state === state)
        .map(({ subject, before: seen = '', after, asked }) => ({
          subject,
          seen,
          value: after ?? asked,
        })),
    );
  if (undone !== undefined) {
    expect(news, what).toEqual([]);
    const states = undone.map((wanted) => entries.find(({ id }) => id === wanted)?.state);
    expect(states, what).toEqual(undone.map(() => 'undone'));
    return;
  }
  const done = writes.filter(({ subject }) => !failed.includes(subject));
  expect(of('done'), what).toEqual(isReverted === true ? [] : said(done));
  const others = news
    .filter(({ state }) => state !== 'done')
    .map(({ subject, state }) => `${subject}: ${state}`);
  const not =
    isReverted === true
      ? done.map(({ subject }) => `${subject}: undone`)
      : failed.map((subject) => `${subject}: failed`);
  // What was refused before anything was tried is no change, and need not be in the journal.
  if (others.length > 0 || played?.isRefused !== true)
    expect(others.toSorted(), what).toEqual(not.toSorted());
  const ruled = () =>
    entries.filter(({ id, action }) => id > last && action === 'rule').map(({ subject }) => subject);
  expect(ruled().toSorted(), what).toEqual(effects.map(({ name, pid }) => `${name} (${pid})`).toSorted());
}

/** The state without processes that have come or gone meanwhile. */
function shared(state: Record<string, string>, other: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(state).filter(([key]) => !key.startsWith('adj ') || key in other));
}
