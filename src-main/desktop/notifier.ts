import type { Notification, NotificationConstructorOptions } from 'electron';
import { type Alert, type RecordedAlert } from '#shared/model/alert.ts';
import { type Words } from '#shared/words/index.ts';

/** Where a click on a notification leads. */
export type NoticeView = 'next' | 'events';

export interface NotifierOptions {
  /** False where the desktop shows no notifications. */
  readonly isSupported: () => boolean;
  readonly make: (options: NotificationConstructorOptions) => Notification;
  readonly onClick: (view: NoticeView) => void;
  readonly words: Words;
}

const VIEWS: Readonly<Record<Alert['kind'], NoticeView>> = {
  pressure: 'next',
  forecast: 'next',
  kill: 'events',
  'protected-next': 'next',
  'itself-next': 'events',
};

/** Says something on the desktop. One notice of a kind at a time: a newer one takes its place. */
export class Notifier {
  readonly #options: NotifierOptions;
  /** Those that are shown: Electron loses the click of one that is not referenced. */
  readonly #shown = new Map<string, Notification>();

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** An alert that may interrupt. */
  alert({ alert }: RecordedAlert): void {
    const { alertTitle, alertText } = this.#options.words.alerts;
    this.say(alert.kind, alertTitle(alert), alertText(alert), VIEWS[alert.kind], alert.kind === 'kill');
  }

  /** Shows the outcome of something that the user asked for. */
  say(about: string, title: string, body: string, view: NoticeView, isCritical = false): void {
    const { isSupported, make, onClick } = this.#options;
    if (!isSupported()) return;
    this.#shown.get(about)?.close();
    const notice = make({ title, body, urgency: isCritical ? 'critical' : 'normal' });
    this.#shown.set(about, notice);
    notice.on('click', () => {
      onClick(view);
    });
    notice.on('close', () => {
      if (this.#shown.get(about) === notice) this.#shown.delete(about);
    });
    notice.show();
  }

  close(): void {
    for (const notice of this.#shown.values()) notice.close();
    this.#shown.clear();
  }
}
