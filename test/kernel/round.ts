import { type OomReport } from '#shared/kernel/oom-report/report.ts';
import { describePrediction, judge, tolerablePages, type Verdict, victimOf } from './judge.ts';
import { eventually, type Machine, waitForReportQuota } from './machines/machine.ts';
import { type Prediction, predict } from './prediction.ts';
import { type Scenario, strangerSlackPages } from './scenario.ts';
import { Stage } from './stage.ts';
import { swapOff, swapOn } from './machines/swap.ts';
import { ReportWatch } from './watch.ts';

export interface RoundResult {
  readonly scenario: Scenario;
  readonly verdicts: readonly Verdict[];
  /** Kills that came where the first answer of the round had them in its order. */
  readonly inFirstOrder: number;
  readonly problems: readonly string[];
  /** All that is needed to understand a problem. */
  readonly record: string;
}

/** Given back at once after a kill on the whole machine: the next question is asked by a Node process. */
const roomForListPages = 45_000;
const morePagesThanThereAre = 10_000_000;

/** Builds the scenario, runs out of memory as often as it says and compares each kill with what was predicted. */
export async function runRound(machine: Machine, scenario: Scenario): Promise<RoundResult> {
  const stage = new Stage(machine, scenario);
  const round = new Round(machine, scenario, stage);
  try {
    if (scenario.swap) await swapOn(machine.agent, scenario.swap);
    await setSysctls(machine, scenario.sysctls);
    await stage.build();
    await round.run();
  } finally {
    if (!machine.agent.isGone) {
      await setSysctls(machine, Object.fromEntries(Object.keys(scenario.sysctls).map((key) => [key, '0'])));
      await stage.clear();
      if (scenario.swap) await swapOff(machine.agent, scenario.swap);
    }
  }
  return round.result();
}

async function setSysctls(machine: Machine, sysctls: Readonly<Record<string, string>>): Promise<void> {
  for (const [key, value] of Object.entries(sysctls)) await machine.agent.write(`/proc/sys/${key}`, value);
}

class Round {
  readonly #machine: Machine;
  readonly #scenario: Scenario;
  readonly #stage: Stage;
  readonly #watch: ReportWatch;
  readonly #verdicts: Verdict[] = [];
  readonly #problems: string[] = [];
  readonly #record: string[] = [];
  readonly #dead = new Set<number>();
  /** Two places of an order that are nearer than this may change. */
  readonly #nearPages: number;
  #first: Prediction | undefined;
  #latest: Prediction | undefined;
  #inFirstOrder = 0;
  /** Who runs out of memory for us, and how many there were. */
  #stranger = 0;
  #strangers = 0;

  constructor(machine: Machine, scenario: Scenario, stage: Stage) {
    this.#machine = machine;
    this.#scenario = scenario;
    this.#stage = stage;
    this.#nearPages = tolerablePages(machine.cpus);
    const isGlobal = scenario.scope === 'global';
    this.#watch = new ReportWatch(machine, (report) => {
      if (isGlobal) return report.scope === 'global';
      if (report.oomCgroup !== undefined) return report.oomCgroup === stage.overLimitPath();
      /* Past its quota the kernel prints kill lines only. */
      return report.kills.some(({ pid }) => stage.knows(pid));
    });
  }

  async run(): Promise<void> {
    await this.#startStranger();
    const { push } = this.#scenario;
    if (push.cachePages !== undefined) {
      await this.#stage.tell(this.#stranger, `cache ${push.cachePages} ${this.#cacheFile()}`);
    }
    await this.#stage.limit();
    for (let kill = 1; kill <= this.#scenario.kills; kill++) {
      await waitForReportQuota(this.#machine);
      const prediction = await this.#predict();
      this.#first ??= prediction;
      if (prediction.order.length === 0) break;
      if (!(await this.#kill(prediction, this.#stranger))) break;
    }
  }

  async #startStranger(): Promise<void> {
    this.#stranger = await this.#stage.startPusher(`pusher${this.#strangers++}`);
  }

  result(): RoundResult {
    return {
      scenario: this.#scenario,
      verdicts: this.#verdicts,
      inFirstOrder: this.#inFirstOrder,
      problems: this.#problems,
      record: this.#record.join('\n'),
    };
  }

  /**
   * Every kill from now on is held against the answer, also one that comes before we push: restless processes run out of memory by
   * themselves. When a process was killed during the question, it is asked again.
   */
  async #predict(): Promise<Prediction> {
    for (let attempt = 1; ; attempt++) {
      this.#restart();
      if (this.#dead.has(this.#stranger)) await this.#startStranger();
      const prediction = await predict(this.#machine, this.#stage.scopeArgument());
      this.#latest = prediction;
      const reports = this.#reports();
      /* Who was killed late is dead before the kernel's log has reached us. */
      const needed = [this.#stranger, ...prediction.order.slice(0, 1).map(({ pid }) => pid)];
      const gone = await this.#stage.dead(needed);
      for (const pid of gone) this.#dead.add(pid);
      if ((reports.length === 0 && gone.size === 0) || attempt === 5) return prediction;
    }
  }

  /** Counts from here on. Kills reported so far are not expected any more: restless processes are killed before the question. */
  #restart(): void {
    for (const report of this.#reports())
      for (const pid of deathsOf(this.#latest, report)) this.#dead.add(pid);
    this.#watch.begin();
  }

  /** One more kill; false when there can be no other after it. */
  async #kill(prediction: Prediction, stranger: number): Promise<boolean> {
    const pusher = this.#pusher(prediction, stranger);
    const memory = this.#memory(prediction, pusher, stranger);
    let answer = await this.#push(pusher, memory);
    /* Another process of this machine may have been killed: that does not end the round. */
    for (let i = 0; i < 5 && answer.endsWith(' killed') && this.#reports().length === 0; i++) {
      answer = await this.#push(pusher, memory);
    }
    const { reports, died } = await this.#deaths(prediction);
    this.#record.push(describePrediction(prediction), this.#watch.text(), `pusher ${pusher}: ${answer}`);
    if (reports.length === 0) {
      this.#problems.push(`memory ran out (${answer}), but the kernel killed no process`);
      return false;
    }
    const moving = new Set([...this.#stage.moving, pusher]);
    const { restless, swap } = this.#scenario;
    const { cpus } = this.#machine;
    const known = new Set(this.#stage.pids.values());
    const common = { pusherPid: pusher, moving, restless, known, swap: swap !== undefined, cpus };
    for (const kill of inTurn(prediction, reports, died, this.#nearPages)) {
      const verdict = judge({ ...common, ...kill });
      this.#verdicts.push(verdict);
      this.#problems.push(...verdict.problems);
      this.#compareWithFirst(kill.prediction, kill.report, moving);
      for (const pid of kill.died) this.#dead.add(pid);
    }
    for (const pid of died) this.#dead.add(pid);
    return true;
  }

  /** Who takes the memory: the expected victim can only where it is there alone to be expected, and obeys. */
  #pusher(prediction: Prediction, stranger: number): number {
    const first = prediction.order[0]?.pid;
    const may = this.#scenario.push.by === 'victim' && prediction.confidence === 'certain';
    return may && first !== undefined && this.#stage.obedient.has(first) ? first : stranger;
  }

  /** `anon` only for a process that keeps its predicted place with more RSS: the victim, or one far behind. */
  #memory(prediction: Prediction, pusher: number, stranger: number): 'shmem' | 'anon' {
    const { by, memory } = this.#scenario.push;
    if (pusher !== stranger) return memory;
    const [first] = prediction.order;
    const own = prediction.order.find(({ pid }) => pid === stranger);
    const distance = (first?.badnessPages ?? 0) - (own?.badnessPages ?? 0);
    return by === 'stranger' && distance > 3 * strangerSlackPages ? memory : 'shmem';
  }

  async #push(pusher: number, memory: 'shmem' | 'anon'): Promise<string> {
    const { agent, patience } = this.#machine;
    const before = agent.saidBy(pusher).length;
    const isGlobal = this.#scenario.scope === 'global';
    const how = `${isGlobal ? 512 : 32} ${morePagesThanThereAre} ${isGlobal ? roomForListPages : 0}`;
    /* Restless processes may have had him killed already. */
    await agent.request('send', pusher, `push ${memory} ${how}`).catch((error: unknown) => {
      if (!agent.hasExited(pusher)) throw error;
    });
    const hasAnswered = () => agent.saidBy(pusher).length > before || agent.hasExited(pusher);
    await agent.until(hasAnswered, 20_000 * patience, 'memory to run out');
    const hasReport = () => this.#reports().length > 0;
    /* What the kernel says may come after what it does. */
    const isAnswered = () => hasReport() || agent.saidBy(pusher)[before]?.endsWith('refused') === true;
    await agent.until(isAnswered, 3000 * patience, 'the kernel to name its victim').catch(() => undefined);
    return agent.hasExited(pusher) ? 'killed' : (agent.saidBy(pusher)[before] ?? '');
  }

  #reports(): OomReport[] {
    return this.#watch.reports().filter(({ kills }) => kills.length > 0);
  }

  /** The reports and the dead that belong to them. One more may be on its way: its victim is dead before we have read of it. */
  async #deaths(prediction: Prediction): Promise<{ reports: OomReport[]; died: Set<number> }> {
    const end = performance.now() + 1500 * this.#machine.patience;
    for (;;) {
      const isLast = performance.now() > end;
      const reports = this.#reports();
      const expected = new Set(reports.flatMap((report) => deathsOf(prediction, report)));
      const died = await this.#newlyDead(expected);
      if (isLast || [...died].every((pid) => expected.has(pid))) return { reports, died };
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Waits for the deaths that were predicted, then sees who else is dead. */
  async #newlyDead(expected: ReadonlySet<number>): Promise<Set<number>> {
    const areDead = async () => (await this.#stage.dead(expected)).size === expected.size;
    await eventually(areDead, 3000 * this.#machine.patience, 'the deaths').catch(() => undefined);
    const known = [...this.#stage.pids.values()].filter((pid) => !this.#dead.has(pid));
    return this.#stage.dead(new Set([...known, ...expected]));
  }

  /** The order that the first answer gave holds until all are dead, but for places that are nearly equal. */
  #compareWithFirst(now: Prediction, report: OomReport, moving: ReadonlySet<number>): void {
    const victim = victimOf(report);
    const left = this.#first?.order.filter(({ pid }) => !this.#dead.has(pid)) ?? [];
    const expected = left[0];
    const actual = left.find(({ pid }) => pid === victim);
    if (!expected || !actual || now.killsAllocatingTask) return;
    if (expected === actual || expected.badnessPages - actual.badnessPages <= this.#nearPages) {
      this.#inFirstOrder++;
    } else if (![expected.pid, actual.pid].some((pid) => moving.has(pid))) {
      this.#problems.push(`the first answer had ${expected.pid} before ${actual.pid}, which was killed`);
    }
  }

  #cacheFile(): string {
    return this.#machine.isGuest ? '/cache/file' : '/var/tmp/lifeboat-lab-cache';
  }
}

function deathsOf(prediction: Prediction | undefined, report: OomReport): number[] {
  const victim = victimOf(report);
  if (victim === undefined) return [];
  return [victim, ...(prediction?.order.find(({ pid }) => pid === victim)?.diesWith ?? [])];
}

/**
 * One push may kill twice: memory of the first victim that is on its way back counts for nothing yet. The second kill
 * is held against what is left of the order; who is nearly equal there might be first as well.
 */
function inTurn(
  prediction: Prediction,
  reports: readonly OomReport[],
  died: ReadonlySet<number>,
  nearPages: number,
) {
  let left = prediction;
  return reports.map((report, i) => {
    const others = reports
      .filter((other) => other !== report)
      .flatMap((other) => deathsOf(prediction, other));
    const own = new Set([...died].filter((pid) => !others.includes(pid)));
    const now = left;
    const gone = new Set(deathsOf(prediction, report));
    const order = left.order.filter(({ pid }) => !gone.has(pid));
    const first = order[0]?.badnessPages ?? 0;
    const either = order
      .filter(({ badnessPages }) => first - badnessPages <= nearPages)
      .map(({ pid }) => pid);
    left = { ...left, order, either, confidence: either.length > 1 ? 'close' : 'certain' };
    return { prediction: now, report, died: own, isFollower: i > 0 };
  });
}
