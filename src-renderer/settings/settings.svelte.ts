import { type Client } from '#shared/contract/client.ts';
import { type Failure } from '#shared/result.ts';
import { type SettingsPatch, type SettingsState } from '#shared/contract/settings.ts';
import { THEMES, type Theme } from '#shared/model/settings.ts';

/** Where a browser keeps its theme. */
const STORED = 'lifeboat.theme';

/**
 * What people chose for Lifeboat. In the desktop window all of it is Lifeboat's, and the theme comes with the window; a browser has a theme of
 * its own for this page, which needs no rights.
 */
export class PageSettings {
  state = $state.raw<SettingsState>();
  failure = $state.raw<Failure>();
  /** Why the last change was not made. */
  refusal = $state.raw<Failure>();
  busy = $state(false);
  #browserTheme = $state<Theme>(storedTheme());
  #client: Client | undefined;
  readonly #root: HTMLElement;

  constructor(root: HTMLElement = document.documentElement) {
    this.#root = root;
    this.#showTheme();
  }

  attach(client: Client): void {
    this.#client = client;
    this.busy = false;
    client.on('settings.state', (state) => {
      this.#take(state);
    });
    void this.load();
  }

  async load(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    const result = await client.request('settings.read', {});
    if (this.#client !== client) return;
    this.failure = result.ok || result.error.code === 'disconnected' ? undefined : result.error;
    if (result.ok) this.#take(result.value);
  }

  get theme(): Theme {
    return this.state?.desktop === undefined ? this.#browserTheme : this.state.settings.theme;
  }

  async setTheme(theme: Theme): Promise<void> {
    if (this.state?.desktop !== undefined) {
      await this.change({ theme });
      return;
    }
    this.#browserTheme = theme;
    localStorage.setItem(STORED, theme);
    this.#showTheme();
  }

  /**
   * Changes what is named; returns whether it was changed. No control is disabled meanwhile: that would take the keyboard focus away from
   * it.
   */
  async change(patch: SettingsPatch): Promise<boolean> {
    const client = this.#client;
    if (client === undefined) return false;
    this.busy = true;
    const result = await client.request('settings.change', patch);
    this.busy = false;
    this.refusal = result.ok ? undefined : result.error;
    if (result.ok) this.#take(result.value);
    return result.ok;
  }

  #take(state: SettingsState): void {
    this.state = state;
    this.#showTheme();
  }

  /** The desktop window has its theme from outside, and the page follows it as any preference. */
  #showTheme(): void {
    const theme = this.state?.desktop === undefined ? this.#browserTheme : 'system';
    if (theme === 'system') delete this.#root.dataset['theme'];
    else this.#root.dataset['theme'] = theme;
  }
}

function storedTheme(): Theme {
  const stored = localStorage.getItem(STORED);
  return THEMES.find((theme) => theme === stored) ?? 'system';
}
