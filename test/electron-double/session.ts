import { type Chromium } from './chromium/chromium.ts';
import { StrictEmitter } from './emitter.ts';

type RequestHandler = Parameters<Electron.Session['setPermissionRequestHandler']>[0];
type CheckHandler = Parameters<Electron.Session['setPermissionCheckHandler']>[0];
type Asked = Parameters<NonNullable<RequestHandler>>[1];

/** Permissions by Electron's name and by that of the web (PermissionDescriptor), which Chromium takes. */
const PERMISSIONS: readonly (readonly [Asked, string])[] = [
  ['geolocation', 'geolocation'],
  ['notifications', 'notifications'],
  ['media', 'camera'],
  ['media', 'microphone'],
  ['clipboard-read', 'clipboard-read'],
  ['midi', 'midi'],
  ['idle-detection', 'idle-detection'],
];

/** The double's own, which the program under test does not see. */
export const APPLY = Symbol('apply permissions');

/**
 * Electron's `session`, the default one. What the handlers say is asked once, when they are set and when the browser is up, and put into
 * Chromium as its own decision: a page that is not granted something by both is denied it. Without handlers everything is granted, as in Electron.
 */
export class DoubleSession
  extends StrictEmitter
  implements
    Pick<
      Electron.Session,
      'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler' | 'protocol'
    >
{
  readonly protocol: Electron.Protocol;
  readonly #chromium: () => Chromium | undefined;
  #request: RequestHandler = null;
  #check: CheckHandler = null;

  constructor(protocol: Electron.Protocol, chromium: () => Chromium | undefined) {
    // Chromium downloads nothing here: its command line says so.
    super('session', ['will-download']);
    this.protocol = protocol;
    this.#chromium = chromium;
  }

  setPermissionRequestHandler(handler: RequestHandler): void {
    this.#request = handler;
    void this[APPLY]();
  }

  setPermissionCheckHandler(handler: CheckHandler): void {
    this.#check = handler;
    void this[APPLY]();
  }

  /** A headless Chromium has no devices to hand out. */
  setDevicePermissionHandler(): void {}

  /** For the program: the browser is up, or the handlers have changed. */
  async [APPLY](): Promise<void> {
    const chromium = this.#chromium();
    if (chromium === undefined) return;
    for (const [asked, name] of PERMISSIONS) {
      const setting = (await this.#isGranted(asked)) ? 'granted' : 'denied';
      await chromium.connection.root.send('Browser.setPermission', { permission: { name }, setting });
    }
  }

  async #isGranted(asked: Asked): Promise<boolean> {
    if (this.#check?.(null, asked, '', { isMainFrame: true }) === false) return false;
    const request = this.#request;
    if (request === null) return true;
    // No page has asked yet, so there is none to name.
    const noContents = null as unknown as Electron.WebContents;
    return new Promise((resolve) => {
      request(noContents, asked, resolve, { requestingUrl: '', isMainFrame: true });
    });
  }
}
