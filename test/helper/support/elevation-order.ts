import { type Method } from '../../../src-main/helper/client/methods.ts';
import { type StartOptions } from '../../../src-main/helper/client/start-helper.ts';

/** The task of a test's client. */
export interface ClientOrder {
  /** Missing: only this way, whatever the file is. */
  readonly start?: StartOptions;
  readonly launch?: { readonly method: Method; readonly command: readonly string[] };
}
