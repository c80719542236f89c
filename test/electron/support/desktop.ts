import { type Page } from 'playwright-core';
import { type Recorded } from './recorder.ts';

type ElectronModule = typeof Electron.CrossProcessExports;

/** How a program is started. */
export interface DesktopOptions {
  /** The folder with its package.json. */
  readonly program?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Not as the user that tests run programs as. */
  readonly asRoot?: boolean;
  /** The home of an earlier start, for what is kept there. */
  readonly home?: string;
}

/** A program that runs in Electron, or in its double: the same to a test. */
export interface Desktop {
  readonly home: string;
  /** Of main. */
  readonly pid: number;
  /** When it was started, of `performance.now`. */
  readonly startedMs: number;
  /** What it has written so far. */
  log(): string;
  /** Runs a function in main. It gets there by its text, so it has nothing but its arguments. */
  evaluate<Answer, Argument>(
    run: (electron: ElectronModule, argument: Argument) => Answer | Promise<Answer>,
    argument: Argument,
  ): Promise<Answer>;
  /** The page in the newest window. From then on a hidden window draws all the same, in Electron: Playwright has it so. */
  page(): Promise<Page>;
  /** Starts the program a second time in the same home; returns how that one ended. */
  startAgain(args?: readonly string[]): Promise<number | null>;
  /** Ended, by itself or by `quit`: the exit code. */
  readonly ended: Promise<number | null>;
  quit(): Promise<void>;
}

/** Starts programs in one of the two. */
export interface Launcher {
  readonly name: string;
  start(options?: DesktopOptions): Promise<Desktop>;
}

/** What the program has shown outside its window. */
export function recorded(desktop: Desktop): Promise<Recorded> {
  return desktop.evaluate(
    () => (globalThis as unknown as { recorder: { read(): Recorded } }).recorder.read(),
    undefined,
  );
}
