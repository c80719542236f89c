import { fail, type Result } from '#shared/result.ts';
import { failureLine } from '#shared/words/index.ts';
import { type Written } from '#shared/contract/helper.ts';
import { type AdjChange } from '#shared/model/change.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type RuleWriter } from './rule-runner.ts';
import { firstWritten } from '../change/adj/apply.ts';
import { type OwnWrites } from '../world.ts';
import { type ChangeRights } from '../change/rights.ts';

/** What writing for rules needs. */
export interface RuleWriterOptions {
  readonly rights: ChangeRights;
  readonly own: OwnWrites;
  readonly ownUid: number;
  /** Hears once that some rules have to wait for root. */
  readonly onWaiting: (message: string) => void;
}

/** Writes what rules ask for, without ever asking a person: raising one's own, and everything else only while the helper runs. */
export class WorldRuleWriter implements RuleWriter {
  readonly #options: RuleWriterOptions;
  #owners = new Map<number, number>();
  #hasReported = false;

  constructor(options: RuleWriterOptions) {
    this.#options = options;
  }

  /** Whose the processes are now. */
  observe(processes: readonly ObservedProcess[]): void {
    this.#owners = new Map(processes.map(({ pid, euid }) => [pid, euid]));
  }

  canWrite(change: AdjChange): boolean {
    if (this.#needsNoRoot(change) || this.#options.rights.helperRuns) return true;
    if (!this.#hasReported) {
      this.#hasReported = true;
      this.#options.onWaiting(failureLine(fail('rules-wait', {}).error));
    }
    return false;
  }

  async write(change: AdjChange): Promise<Result<Written>> {
    const { pid, startTicks, name, before, after: oomScoreAdj } = change;
    const seen = await this.#options.own.see({ pid, startTicks }, name);
    if (!seen.ok) return seen;
    const process = seen.value;
    if (this.#needsNoRoot(change)) return this.#options.own.adj(process, oomScoreAdj, before);
    const helper = await this.#options.rights.helper();
    if (!helper.ok) return helper;
    return firstWritten(helper.value.request({ verb: 'set-adj', process, oomScoreAdj, expected: before }));
  }

  #needsNoRoot({ pid, before, after }: AdjChange): boolean {
    return after > before && this.#owners.get(pid) === this.#options.ownUid;
  }
}
