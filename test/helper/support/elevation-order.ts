import { type Method } from '../../../src-main/helper/client/methods.ts';
import { type StartOptions } from '../../../src-main/helper/client/start-helper.ts';

/** What a client of a test is told to do. */
export interface ClientOrder {
  /** Missing: only this way, whatever the file is. */
  readonly start?: StartOptions;
  readonly launch?: { readonly method: Method; readonly command: readonly string[] };
}
