import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppPaths } from './app-paths.ts';
import { openWindows } from './window/browser-window.ts';
import { preventable, StrictEmitter, unsupported } from './emitter.ts';
import { descendants } from './chromium/process-tree.ts';
import { takeInstanceLock } from './single-instance.ts';

const EVENTS = [
  ...[
    'ready',
    'will-finish-launching',
    'before-quit',
    'will-quit',
    'quit',
    'window-all-closed',
    'second-instance',
  ],
  ...['web-contents-created', 'browser-window-created', 'render-process-gone'],
  // Nothing of these happens to a Chromium that is driven from outside.
  ...['child-process-gone', 'activate', 'browser-window-focus', 'browser-window-blur', 'gpu-info-update'],
];
/** What Chromium calls its processes, and what Electron does. */
const METRIC_TYPES: readonly (readonly [RegExp, Electron.ProcessMetric['type']])[] = [
  [/--type=renderer/, 'Tab'],
  [/--type=gpu-process/, 'GPU'],
  [/--type=zygote/, 'Zygote'],
  [/--type=utility/, 'Utility'],
];

/** The double's own, which the program under test does not see. */
export const START = Symbol('start');
export const LAST_WINDOW_CLOSED = Symbol('last window closed');

/** Electron's `app`. */
export class DoubleApp
  extends StrictEmitter
  implements
    Pick<
      Electron.App,
      | 'name'
      | 'isPackaged'
      | 'commandLine'
      | 'whenReady'
      | 'isReady'
      | 'quit'
      | 'exit'
      | 'enableSandbox'
      | 'disableHardwareAcceleration'
      | 'getVersion'
      | 'getName'
      | 'getAppPath'
      | 'getPath'
      | 'setPath'
      | 'getLocale'
      | 'requestSingleInstanceLock'
      | 'getAppMetrics'
    >
{
  name: string;
  readonly isPackaged = process.env['ELECTRON_DOUBLE_PACKAGED'] === '1';
  readonly commandLine: Electron.CommandLine;
  readonly #version: string;
  readonly #folder: string;
  readonly #paths = new AppPaths(() => this.name);
  readonly #switches = new Map<string, string | undefined>();
  readonly #ready = Promise.withResolvers<undefined>();
  readonly #closeBrowser: () => Promise<void>;
  #isReady = false;
  #hasLock = false;
  #quitting: 'no' | 'windows' | 'ended' = 'no';

  constructor(folder: string, closeBrowser: () => Promise<void>) {
    super('app', EVENTS);
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
      string,
      string | undefined
    >;
    this.name = manifest['productName'] ?? manifest['name'] ?? 'Electron';
    this.#version = manifest['version'] ?? '';
    this.#folder = folder;
    this.#closeBrowser = closeBrowser;
    const commandLine = {
      appendSwitch: (name: string, value?: string) => {
        if (this.#isReady) throw unsupported('a switch after the start');
        this.#switches.set(name, value);
      },
      hasSwitch: (name: string) => this.#switches.has(name) || process.argv.includes(`--${name}`),
      getSwitchValue: (name: string) => this.#switches.get(name) ?? '',
    } satisfies Partial<Electron.CommandLine>;
    this.commandLine = commandLine as unknown as Electron.CommandLine;
  }

  /** For the entry: the main module has been evaluated. */
  async [START](startBrowser: (switches: readonly string[]) => Promise<void>): Promise<void> {
    const switches = [...this.#switches].map(([name, value]) =>
      value === undefined ? `--${name}` : `--${name}=${value}`,
    );
    await startBrowser(switches);
    this.#isReady = true;
    this.emit('will-finish-launching');
    this.emit('ready', preventable({}), {});
    this.#ready.resolve(undefined);
  }

  whenReady(): Promise<void> {
    return this.#ready.promise;
  }

  isReady(): boolean {
    return this.#isReady;
  }

  // All windows of the double are so, or as if they were so.
  enableSandbox(): void {
    this.#mustBeEarly('enableSandbox');
  }

  disableHardwareAcceleration(): void {
    this.#mustBeEarly('disableHardwareAcceleration');
    this.#switches.set('disable-gpu', undefined);
  }

  getVersion(): string {
    return this.#version;
  }

  getName(): string {
    return this.name;
  }

  getAppPath(): string {
    return this.#folder;
  }

  getPath(name: Parameters<Electron.App['getPath']>[0]): string {
    return this.#paths.get(name);
  }

  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }

  getLocale(): string {
    return 'en-US';
  }

  requestSingleInstanceLock(additionalData?: Record<PropertyKey, unknown>): boolean {
    this.#hasLock ||= takeInstanceLock(this.getPath('userData'), additionalData, (greeting) => {
      this.emit(
        'second-instance',
        preventable({}),
        greeting.argv,
        greeting.workingDirectory,
        greeting.additionalData,
      );
    });
    return this.#hasLock;
  }

  /** The processes that there are, by /proc. The browser's own process has no counterpart in Electron, where main is that. */
  getAppMetrics(): Electron.ProcessMetric[] {
    const others = descendants(process.pid).flatMap(({ pid, command }) => {
      const type = METRIC_TYPES.find(([pattern]) => pattern.test(command))?.[1];
      return type === undefined ? [] : [{ pid, type }];
    });
    const metrics = [{ pid: process.pid, type: 'Browser' as const }, ...others];
    return metrics.map((metric) => only(metric) as unknown as Electron.ProcessMetric);
  }

  quit(): void {
    if (this.#quitting !== 'no') return;
    const event = preventable({});
    this.emit('before-quit', event);
    if (event.defaultPrevented) return;
    this.#quitting = 'windows';
    for (const window of openWindows()) window.close();
    if (openWindows().length === 0) this.#end();
    // A window that stays keeps the program.
    else this.#quitting = 'no';
  }

  exit(code = 0): void {
    if (this.#quitting === 'ended') return;
    this.#quitting = 'ended';
    for (const window of openWindows()) window.destroy();
    this.emit('quit', preventable({}), code);
    void this.#closeBrowser().finally(() => process.exit(code));
  }

  /** For windows: without a listener this ends the program, as in Electron. */
  [LAST_WINDOW_CLOSED](): void {
    if (this.#quitting !== 'no') return;
    if (!this.emit('window-all-closed')) this.quit();
  }

  #end(): void {
    const event = preventable({});
    this.emit('will-quit', event);
    if (event.defaultPrevented) this.#quitting = 'no';
    else this.exit(0);
  }

  #mustBeEarly(what: string): void {
    if (this.#isReady) throw new Error(`app.${what}() can only be called before app is ready`);
  }
}

/** A metric whose figures that the double lacks throw when they are read. */
function only<T extends object>(metric: T): T {
  return new Proxy(metric, {
    get(target, key) {
      if (key in target || typeof key === 'symbol') return Reflect.get(target, key) as unknown;
      throw unsupported(`ProcessMetric.${key}`);
    },
  });
}
