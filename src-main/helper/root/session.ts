import {
  type HelperAnswer,
  type HelperEvent,
  type HelperRequest,
  type HelperValue,
  PENDING_SECONDS,
} from '#shared/contract/helper.ts';
import { assertNever, fail, ok, type Result } from '#shared/result.ts';
import { type AuditLog } from './audit-log.ts';
import { forgetSysctl, keepSysctl } from './sysctl/keep-sysctl.ts';
import { KernelLog } from './kernel-log.ts';
import { bad } from './fields.ts';
import { type Line } from './line-reader.ts';
import { type ParsedLine, parseLine } from './parse-request.ts';
import { type GuardProgram } from './guard/guard.ts';
import { PendingChanges } from './revert/pending.ts';
import { type Plan } from './revert/undo.ts';
import { setAdj } from './set-adj.ts';
import { planCgroup } from './cgroup/set-cgroup.ts';
import { planSysctls } from './sysctl/set-sysctls.ts';
import { type Tree } from './tree.ts';
import { forgetUnitAdj, keepUnitAdj } from './unit/unit-adj.ts';

/** Malformed lines that get into the log; more would push out the changes that it is for. */
const MISTAKES_LOGGED = 10;

/** One conversation: requests in, one answer each, events in between. */
export class Session {
  readonly #tree: Tree;
  readonly #log: AuditLog;
  readonly #send: (message: HelperAnswer | HelperEvent) => void;
  readonly #kernelLog: KernelLog;
  readonly #pending: PendingChanges;
  #mistakes = 0;

  constructor(
    tree: Tree,
    log: AuditLog,
    send: (message: HelperAnswer | HelperEvent) => void,
    isBehind: () => boolean,
    guard: GuardProgram,
  ) {
    this.#tree = tree;
    this.#log = log;
    this.#send = send;
    this.#kernelLog = new KernelLog(
      tree,
      (line) => {
        send({ event: 'kernel-log', line });
      },
      isBehind,
    );
    this.#pending = new PendingChanges(tree, guard, {
      onReverted(change, { written }) {
        log.record({ reverted: change, written });
        send({ event: 'reverted', change, written });
      },
      onRefused(change, { written, refused }) {
        log.record({ notReverted: change, written, refused });
        send({ event: 'not-reverted', change, written });
      },
    });
  }

  /** Takes back what was left by helpers that were killed together with their guards. */
  begin(): Promise<void> {
    return this.#pending.adoptOrphans();
  }

  /** Does what a line asks for, and answers it. A bug is answered too, and thrown on. */
  async handle(line: Line): Promise<void> {
    const { id, request } = parse(line);
    try {
      const result = request.ok ? await this.#perform(request.value) : request;
      this.#record(request, result);
      this.#send({ id, ...result });
    } catch (error) {
      this.#send({ id, ...fail('internal', { where: 'The helper' }) });
      throw error;
    }
  }

  /** Takes back what was not confirmed. */
  async end(cause: string): Promise<void> {
    await this.#pending.end();
    this.#log.record({ ended: cause });
  }

  #perform(request: HelperRequest): Result<HelperValue> | Promise<Result<HelperValue>> {
    const tree = this.#tree;
    switch (request.verb) {
      case 'ping':
        return ok({ written: [] });
      case 'set-adj':
        return setAdj(tree, request);
      case 'set-sysctls':
        return this.#start(planSysctls(tree, request), request.pendingSeconds);
      case 'keep-sysctl':
        return keepSysctl(tree, request);
      case 'forget-sysctl':
        return forgetSysctl(tree, request.name);
      case 'keep-unit-adj':
        return keepUnitAdj(tree, request.unit, request.oomScoreAdj, request.expected);
      case 'forget-unit-adj':
        return forgetUnitAdj(tree, request.unit, request.expected);
      case 'set-cgroup':
        return this.#start(planCgroup(tree, request), request.pendingSeconds);
      case 'confirm':
        return this.#pending.confirm(request.change);
      case 'extend':
        return this.#pending.extend(request.change);
      case 'revert':
        return this.#pending.revert(request.change);
      case 'follow-kernel-log': {
        const following = this.#kernelLog.follow();
        return following.ok ? ok({ written: [] }) : following;
      }
      default:
        return assertNever(request);
    }
  }

  /** Makes a change that reverts unless confirmed. */
  async #start(plan: Result<Plan>, seconds = PENDING_SECONDS): Promise<Result<HelperValue>> {
    return plan.ok ? this.#pending.start(plan.value, seconds) : plan;
  }

  #record(request: Result<HelperRequest>, result: Result<HelperValue>): void {
    if (request.ok && request.value.verb === 'ping') return;
    if (!request.ok && ++this.#mistakes > MISTAKES_LOGGED) return;
    this.#log.record({
      ...(request.ok ? { request: request.value } : {}),
      ...(result.ok ? result.value : { error: result.error }),
    });
  }
}

function parse(line: Line): ParsedLine {
  if (line.kind === 'text') return parseLine(line.text);
  return { id: 0, request: bad({ problem: 'line', fault: line.kind }).failure };
}
