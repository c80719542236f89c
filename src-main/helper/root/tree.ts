/**
 * Where the root of all files is: `''` for the machine itself. Only the composition root chooses it, so that tests can give the helper a
 * built tree; nothing in the environment or the arguments can.
 */
export interface Tree {
  readonly root: string;
}

/** The machine that the helper runs on. */
export const MACHINE: Tree = { root: '' };
