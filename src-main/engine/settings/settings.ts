import { fail, ok, type Result } from '#shared/result.ts';
import { failureLine } from '#shared/words/index.ts';
import { type SettingsPatch, type SettingsState } from '#shared/contract/settings.ts';
import { type Settings } from '#shared/model/settings.ts';
import { SettingsFile } from '../../store/settings-file.ts';

/** The part of the settings that is the desktop's: a tray to close to, and an entry that starts Lifeboat at login. */
export interface DesktopPort {
  /** Undefined while it is not known. */
  hasTray(): boolean | undefined;
  startsAtLogin(): boolean;
  setStartAtLogin(wanted: boolean): Result<null>;
}

export interface CurrentSettingsOptions {
  /** The configuration folder. */
  readonly folder: string;
  readonly nowMs: () => number;
  /** Only in the desktop program. */
  readonly desktop?: DesktopPort;
  /** Why nothing may be changed from this front end. */
  readonly readOnly?: true;
  readonly log: (line: string) => void;
}

/** What only the desktop program does: a browser is not offered it. */
const DESKTOP_ONLY = ['theme', 'closeToTray', 'notifications', 'startAtLogin'] as const;

/** The settings in force; notifies the parts that act on them of changes. */
export class CurrentSettings {
  readonly #options: CurrentSettingsOptions;
  readonly #file: SettingsFile;
  readonly #listeners = new Set<(state: SettingsState) => void>();

  constructor(options: CurrentSettingsOptions) {
    this.#options = options;
    const { folder, nowMs, log } = options;
    this.#file = new SettingsFile({
      folder,
      nowMs,
      onChange: (_, trouble) => {
        if (trouble !== undefined) log(failureLine(trouble));
        this.#tell();
      },
    });
    if (this.#file.trouble !== undefined) log(failureLine(this.#file.trouble));
  }

  get settings(): Settings {
    return this.#file.settings;
  }

  /** Follows what others write into the file. */
  watch(): void {
    this.#file.watch();
  }

  close(): void {
    this.#file.close();
    this.#listeners.clear();
  }

  /** Calls back whenever the state has become another one. */
  onChange(listener: (state: SettingsState) => void): void {
    this.#listeners.add(listener);
  }

  /** A tray has come or gone. */
  desktopChanged(): void {
    this.#tell();
  }

  state(): SettingsState {
    const { desktop, readOnly } = this.#options;
    const { settings, path, trouble } = this.#file;
    const tray = desktop?.hasTray();
    return {
      settings,
      file: path,
      ...(desktop === undefined
        ? {}
        : {
            desktop: {
              ...(tray === undefined ? {} : { tray }),
              startAtLogin: desktop.startsAtLogin(),
            },
          }),
      ...(readOnly === undefined ? {} : { readOnly }),
      ...(trouble === undefined ? {} : { trouble }),
    };
  }

  /** Changes what is named. Refused where this front end may not, and for what only the desktop program has where it is not there. */
  change({ startAtLogin, ...patch }: SettingsPatch): Result<SettingsState> {
    const { desktop, readOnly } = this.#options;
    if (readOnly !== undefined) return fail('read-only', {});
    const asked = { ...patch, ...(startAtLogin === undefined ? {} : { startAtLogin }) };
    if (desktop === undefined && DESKTOP_ONLY.some((name) => name in asked)) {
      return fail('not-supported', { what: 'desktop-setting' });
    }
    if (startAtLogin !== undefined && desktop !== undefined) {
      const set = desktop.setStartAtLogin(startAtLogin);
      if (!set.ok) return set;
    }
    if (Object.keys(patch).length > 0) {
      const changed = this.#file.change(patch);
      if (!changed.ok) return changed;
    } else this.#tell();
    return ok(this.state());
  }

  #tell(): void {
    const state = this.state();
    for (const listener of this.#listeners) listener(state);
  }
}
