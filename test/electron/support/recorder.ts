/** What the program showed outside its window, in the order in which it came. */
export interface Recorded {
  readonly notifications: readonly {
    readonly title: string;
    readonly body: string;
    readonly urgency: string;
  }[];
  readonly outside: readonly string[];
  readonly messages: readonly { readonly message: string; readonly buttons: readonly string[] }[];
  readonly trays: readonly RecordedTray[];
}
export interface RecordedTray {
  readonly toolTip: string;
  /** The picture as a data address. */
  readonly image: string;
  readonly menu: readonly RecordedItem[];
  readonly destroyed: boolean;
}
export interface RecordedItem {
  readonly label: string;
  readonly type: string;
  readonly enabled: boolean;
}

/** Where the recorder keeps what it hears, in main. */
export interface Recorder {
  readonly read: () => Recorded;
  /** Presses the item of the newest tray whose label begins so. */
  readonly press: (label: string) => void;
  /** Emits an event of the newest tray. */
  readonly clickTray: () => void;
  readonly clickNotification: () => void;
}

/**
 * Runs in main by its text, before the program does, in the double and in Electron alike: listens to what the program tells trays,
 * notifications, dialogs and the shell. Nothing else than that can tell a test what a desktop shows.
 */
export function record(electron: typeof Electron.CrossProcessExports): void {
  const { Tray, Notification, shell, dialog } = electron;
  const trays = new Map<Electron.Tray, { toolTip: string; image: string; menu: Electron.Menu | null }>();
  const shown: Electron.Notification[] = [];
  const outside: string[] = [];
  const messages: { message: string; buttons: string[] }[] = [];

  function entry(tray: Electron.Tray) {
    const known = trays.get(tray) ?? { toolTip: '', image: '', menu: null };
    trays.set(tray, known);
    return known;
  }

  // Called with the tray that they belong to.
  /* eslint-disable @typescript-eslint/unbound-method */
  const { setContextMenu, setToolTip, setImage } = Tray.prototype;
  const { show } = Notification.prototype;
  /* eslint-enable @typescript-eslint/unbound-method */
  Tray.prototype.setContextMenu = function (menu) {
    entry(this).menu = menu;
    setContextMenu.call(this, menu);
  };
  Tray.prototype.setToolTip = function (toolTip) {
    entry(this).toolTip = toolTip;
    setToolTip.call(this, toolTip);
  };
  Tray.prototype.setImage = function (image) {
    entry(this).image = typeof image === 'string' ? image : image.toDataURL();
    setImage.call(this, image);
  };
  Notification.prototype.show = function () {
    shown.push(this);
    show.call(this);
  };
  shell.openExternal = (address) => {
    outside.push(address);
    return Promise.resolve();
  };
  // Answers with the button that cancels, as the Escape key does.
  dialog.showMessageBox = (...args: unknown[]) => {
    const options = args.at(-1) as Electron.MessageBoxOptions;
    messages.push({ message: options.message, buttons: options.buttons ?? [] });
    return Promise.resolve({ response: options.cancelId ?? 0, checkboxChecked: false });
  };

  const newest = () => [...trays].findLast(([tray]) => !tray.isDestroyed());
  const recorder: Recorder = {
    read: () => ({
      notifications: shown.map(({ title, body, urgency }) => ({ title, body, urgency })),
      outside,
      messages,
      trays: [...trays].map(([tray, { toolTip, image, menu }]) => ({
        toolTip,
        image,
        menu: (menu?.items ?? []).map(({ label, type, enabled }) => ({ label, type, enabled })),
        destroyed: tray.isDestroyed(),
      })),
    }),
    press(label) {
      const items = newest()?.[1].menu?.items ?? [];
      const item = items.find((each) => each.label.startsWith(label));
      if (item === undefined)
        throw new Error(`no "${label}" among ${items.map((each) => each.label).join(', ')}`);
      if (!item.enabled) throw new Error(`"${item.label}" cannot be pressed`);
      (item.click as () => void)();
    },
    clickTray() {
      newest()?.[0].emit('click');
    },
    clickNotification() {
      shown.at(-1)?.emit('click');
    },
  };
  Object.assign(globalThis, { recorder });
}
