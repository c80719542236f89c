import type { Menu, MenuItemConstructorOptions, NativeImage, Tray } from 'electron';
import { type MemoryLevel } from '#shared/model/alert.ts';
import { type ProcessId } from '#shared/model/process.ts';
import { type TrayAction, type TrayItem, type TrayView } from './tray-menu.ts';

/** Time between two rebuilds of the menu for changed figures alone, in milliseconds: the user may be reading it. */
const REST_MS = 15_000;

/** What the tray needs of Electron, and of the rest. */
export interface TrayOptions {
  readonly makeTray: (image: NativeImage) => Tray;
  readonly imageFor: (level: MemoryLevel) => NativeImage;
  readonly makeMenu: (template: MenuItemConstructorOptions[]) => Menu;
  readonly onAction: (action: TrayAction, victim: ProcessId | undefined) => void;
  readonly nowMs: () => number;
}

/** The icon in the panel. It is there only while `setPresent(true)` was said last: without a tray host it would be nowhere to be seen. */
export class LifeboatTray {
  readonly #options: TrayOptions;
  readonly #images = new Map<MemoryLevel, NativeImage>();
  #tray: Tray | undefined;
  #wanted: TrayView | undefined;
  #shown: TrayView | undefined;
  #shownMs = 0;

  constructor(options: TrayOptions) {
    this.#options = options;
  }

  get isPresent(): boolean {
    return this.#tray !== undefined;
  }

  /** Puts it up, or takes it away. */
  setPresent(isPresent: boolean): void {
    if (isPresent === this.isPresent) return;
    if (isPresent) {
      const level = this.#wanted?.level ?? 'calm';
      const tray = this.#options.makeTray(this.#imageOf(level));
      tray.on('click', () => {
        this.#options.onAction('open', undefined);
      });
      this.#tray = tray;
      if (this.#wanted !== undefined) this.#show(tray, this.#wanted);
      return;
    }
    this.#tray?.destroy();
    this.#tray = undefined;
    this.#shown = undefined;
  }

  /** Shows a view; the menu is rebuilt only where it has changed, and for figures alone only now and then. */
  show(view: TrayView): void {
    this.#wanted = view;
    if (this.#tray === undefined || same(view, this.#shown)) return;
    const isOther = essence(view) !== (this.#shown === undefined ? undefined : essence(this.#shown));
    if (isOther || this.#options.nowMs() - this.#shownMs >= REST_MS) this.#show(this.#tray, view);
  }

  #show(tray: Tray, view: TrayView): void {
    const before = this.#shown;
    this.#shown = view;
    this.#shownMs = this.#options.nowMs();
    if (before?.level !== view.level) tray.setImage(this.#imageOf(view.level));
    if (before?.tooltip !== view.tooltip) tray.setToolTip(view.tooltip);
    if (JSON.stringify(before?.items) !== JSON.stringify(view.items) || !sameVictim(before, view)) {
      tray.setContextMenu(this.#options.makeMenu(view.items.map((item) => this.#entry(item, view.victim))));
    }
  }

  #entry(item: TrayItem, victim: ProcessId | undefined): MenuItemConstructorOptions {
    switch (item.kind) {
      case 'separator':
        return { type: 'separator' };
      case 'line':
        return { label: withoutMnemonics(item.label), enabled: false };
      case 'action': {
        const { action, label } = item;
        return {
          id: action,
          label: withoutMnemonics(label),
          click: () => {
            this.#options.onAction(action, victim);
          },
        };
      }
    }
  }

  #imageOf(level: MemoryLevel): NativeImage {
    const known = this.#images.get(level) ?? this.#options.imageFor(level);
    this.#images.set(level, known);
    return known;
  }
}

/** What makes a menu another one, and not only newer. */
function essence({ level, victim, items }: TrayView): string {
  return `${level} ${victim?.pid ?? ''}:${victim?.startTicks ?? ''} ${items.length}`;
}

function same(a: TrayView, b: TrayView | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function sameVictim(a: TrayView | undefined, b: TrayView): boolean {
  return a?.victim?.pid === b.victim?.pid && a?.victim?.startTicks === b.victim?.startTicks;
}

/** An ampersand in a label marks a key; names of processes may hold some. */
function withoutMnemonics(label: string): string {
  return label.replaceAll('&', '&&');
}
