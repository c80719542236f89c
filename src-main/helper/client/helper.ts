import {
  type HelperEvent,
  type HelperHello,
  type HelperRequest,
  type HelperValue,
} from '#shared/contract/helper.ts';
import { type Failure, type Result } from '#shared/result.ts';
import { type ElevationMethod } from '#shared/model/change.ts';

/** A root helper that runs and has said hello. */
export interface Helper {
  readonly hello: HelperHello;
  readonly via: ElevationMethod;
  /** Asks, and waits for the one answer. Fails with `helper-ended` when the helper is gone, `helper-silent` when it does not answer in time. */
  request(request: HelperRequest): Promise<Result<HelperValue>>;
  /** Calls back for everything that the helper says unasked; the function that is returned ends that. */
  onEvent(listener: (event: HelperEvent) => void): () => void;
  /** Resolves when the helper is gone, for whatever reason. */
  readonly ended: Promise<Failure>;
  /** Closes its standard input: it reverts what is not confirmed and ends. Resolves when it has ended, or its time for that is over. */
  close(): Promise<void>;
}
