import {
  HELPER_PROTOCOL,
  type HelperEvent,
  type HelperRequest,
  type HelperValue,
  type Written,
} from '#shared/contract/helper.ts';
import { ok, type Failure, type Result } from '#shared/result.ts';
import { type Helper } from '../../../../../src-main/helper/client/helper.ts';

/** A helper that knows what will be asked, in order, and throws on everything else. */
export class StrictHelper implements Helper {
  readonly hello = {
    hello: 'lifeboat-helper',
    protocol: HELPER_PROTOCOL,
    version: '0',
    askedByUid: 1000,
    sysResource: true,
  } as const;
  readonly via = 'sudo';
  readonly asked: HelperRequest[] = [];
  readonly #answers: ((request: HelperRequest) => Result<HelperValue> | Promise<Result<HelperValue>>)[] = [];
  readonly #listeners = new Set<(event: HelperEvent) => void>();
  readonly #end = Promise.withResolvers<Failure>();
  closed = false;

  /** The next request is answered like this. */
  expect(answer: (request: HelperRequest) => Result<HelperValue> | Promise<Result<HelperValue>>): this {
    this.#answers.push(answer);
    return this;
  }

  get unasked(): number {
    return this.#answers.length;
  }

  async request(request: HelperRequest): Promise<Result<HelperValue>> {
    this.asked.push(request);
    const answer = this.#answers.shift();
    if (answer === undefined)
      throw new Error(`the helper was not to be asked for ${JSON.stringify(request)}`);
    return answer(request);
  }

  onEvent(listener: (event: HelperEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  say(event: HelperEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  get ended(): Promise<Failure> {
    return this.#end.promise;
  }

  end(): void {
    this.#end.resolve({ code: 'helper-ended', facts: { how: 'exit code 0' } });
  }

  close(): Promise<void> {
    this.closed = true;
    this.end();
    return Promise.resolve();
  }
}

/** The answer of a helper that does what it is asked for one process or file. */
export function writes(...written: readonly Written[]) {
  return () => ok({ written });
}

/** A helper's answer to set-sysctls that waits. */
export function pends(change: number, ...written: readonly Written[]) {
  return () => ok({ written, pending: { change, deadlineMs: 1_700_000_020_000 } });
}

export const wrote = (subject: string, before: string, after: string): Written => ({
  subject,
  before,
  asked: after,
  after,
});
