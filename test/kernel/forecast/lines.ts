/** What the program in the guest prints, a line each, as JSON. Seconds are those of its own clock. */

export type DeathScope = 'machine' | 'cgroup';

/** What is shown at a moment; `by`: the pid of the process that is named as the one that takes the memory. */
export interface Said {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
  readonly since: number;
  readonly by?: number;
}

export type Line =
  /** The same moment stands in the kernel's log, which has another clock. */
  | { readonly is: 'mark'; readonly at: number; readonly totalBytes: number }
  | {
      readonly is: 'life';
      readonly scope: DeathScope;
      readonly pid: number;
      readonly seconds: number;
      readonly path?: string;
    }
  | { readonly is: 'dead'; readonly pid: number }
  /** What is left of the machine, or of the cgroup of that path, and what is said of it. */
  | {
      readonly is: 'left';
      readonly at: number;
      readonly path?: string;
      readonly bytes: number;
      readonly said?: Said;
    }
  /** Something begins that takes no memory from anybody. */
  | { readonly is: 'harmless'; readonly what: string }
  | { readonly is: 'wrong'; readonly why: string }
  | { readonly is: 'done' };
