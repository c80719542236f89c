import { type RecordedAlert } from '#shared/model/alert.ts';
import { type Strength } from '#shared/model/change.ts';
import { type ProcessId } from '#shared/model/process.ts';
import { type Theme } from '#shared/model/settings.ts';
import { failureLine, type Words } from '#shared/words/index.ts';
import { type Snapshot } from '../collect/snapshot.ts';
import { type Composition } from '../composition.ts';
import { orderView } from '../engine/watch/order-view.ts';
import { type DesktopPort } from '../engine/settings/settings.ts';
import { type Autostart } from './autostart.ts';
import { Notifier, type NotifierOptions } from './notifier.ts';
import { protectNext } from './protect-next.ts';
import { trayView, type TrayAction } from './tray/tray-menu.ts';
import { TrayFollower } from './tray/tray-follower.ts';
import { LifeboatTray, type TrayOptions } from './tray/tray.ts';
import { type MainWindow } from './window/window.ts';

const STRENGTH_OF = {
  protect: 'later',
  'protect-strong': 'strong',
  'protect-never': 'never',
} as const satisfies Partial<Record<TrayAction, Strength>>;

export interface PresenceOptions
  extends
    Pick<TrayOptions, 'makeTray' | 'imageFor' | 'makeMenu' | 'nowMs'>,
    Pick<NotifierOptions, 'isSupported' | 'make'> {
  readonly autostart: Pick<Autostart, 'isOn' | 'set'>;
  readonly hasTrayHost: () => Promise<boolean>;
  /** Lets the page see another preference for light or dark. */
  readonly setTheme: (theme: Theme) => void;
  readonly quit: () => void;
  readonly words: Words;
}

/** Lifeboat beside its window: the icon in the panel, what it says on the desktop, and what the settings say of both. */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #tray: LifeboatTray;
  readonly #host: TrayFollower;
  readonly #notifier: Notifier;
  #lifeboat: Composition | undefined;
  #window: Pick<MainWindow, 'show'> | undefined;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#tray = new LifeboatTray({
      ...options,
      onAction: (action, victim) => {
        this.#act(action, victim);
      },
    });
    this.#host = new TrayFollower({
      hasTrayHost: options.hasTrayHost,
      onChange: (isPresent) => {
        this.#showLast();
        this.#tray.setPresent(isPresent);
        this.#lifeboat?.settings.desktopChanged();
      },
    });
    this.#notifier = new Notifier({
      ...options,
      onClick: (view) => this.#window?.show(view),
    });
  }

  /** What the settings need of the desktop. */
  get desktop(): DesktopPort {
    const { autostart } = this.#options;
    return {
      hasTray: () => this.#host.isPresent,
      startsAtLogin: () => autostart.isOn,
      setStartAtLogin: (wanted) => autostart.set(wanted),
    };
  }

  /** Where closing the window can leave Lifeboat. */
  get hasTray(): boolean {
    return this.#tray.isPresent;
  }

  /** From now on it shows what Lifeboat sees. */
  begin(lifeboat: Composition, window: Pick<MainWindow, 'show'>): void {
    this.#lifeboat = lifeboat;
    this.#window = window;
    const { setTheme } = this.#options;
    let { theme } = lifeboat.settings.settings;
    setTheme(theme);
    lifeboat.settings.onChange(({ settings }) => {
      if (settings.theme === theme) return;
      ({ theme } = settings);
      setTheme(theme);
    });
    void this.#host.ask();
  }

  onSnapshot(snapshot: Snapshot): void {
    if (this.#tray.isPresent) this.#show(snapshot);
  }

  onAlert(alert: RecordedAlert, interrupts: boolean): void {
    if (interrupts) this.#notifier.alert(alert);
  }

  close(): void {
    this.#host.close();
    this.#tray.setPresent(false);
    this.#notifier.close();
  }

  #showLast(): void {
    const snapshot = this.#lifeboat?.monitor.snapshot();
    if (snapshot?.ok === true) this.#show(snapshot.value);
  }

  #show({ memory, host }: Snapshot): void {
    const lifeboat = this.#lifeboat;
    if (lifeboat === undefined) return;
    const front = lifeboat.monitor.front();
    this.#tray.show(
      trayView({
        level: lifeboat.alerts.level,
        memory: memory.state,
        order: front.ok ? orderView(front.value, 1) : undefined,
        forecast: lifeboat.monitor.forecasts.machine,
        pageSizeBytes: host.pageSizeBytes,
        words: this.#options.words,
      }),
    );
  }

  #act(action: TrayAction, victim: ProcessId | undefined): void {
    switch (action) {
      case 'open':
        this.#window?.show();
        return;
      case 'settings':
        this.#window?.show('settings');
        return;
      case 'protect':
      case 'protect-strong':
      case 'protect-never':
        if (victim !== undefined) void this.#protect(victim, STRENGTH_OF[action]);
        return;
      case 'quit':
        this.#options.quit();
    }
  }

  /** Protects the victim, and shows the result as a notification; where there is no way to root, the window shows what else can be done. */
  async #protect(victim: ProcessId, strength: Strength): Promise<void> {
    const lifeboat = this.#lifeboat;
    if (lifeboat === undefined) return;
    const { words } = this.#options;
    const labels = words.tray;
    const result = await protectNext(lifeboat.client, victim, strength);
    if (result.kind === 'done') {
      const name = words.nameOf(result.outcome);
      const place = labels.place(result.place.after, result.place.of);
      const body = `${words.changes.outcomeLine(result.outcome)}. ${place} ${labels.protectedHint}`;
      this.#notifier.say('protect', labels.protectedTitle(name), body, 'events');
    } else if (result.kind === 'nothing') {
      this.#notifier.say('protect', labels.notProtectedTitle, labels.alreadySafe, 'next');
    } else if (result.kind === 'ask') {
      const body = `${words.changes.warningSentence(result.warning)} ${labels.askFirst}`;
      this.#notifier.say('protect', labels.notProtectedTitle, body, 'next');
      this.#window?.show('next');
    } else if (result.error.code !== 'elevation-dismissed') {
      this.#notifier.say('protect', labels.notProtectedTitle, failureLine(result.error), 'next');
      this.#window?.show('next');
    }
  }
}
