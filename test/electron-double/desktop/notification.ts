import { preventable, StrictEmitter, unsupported } from '../emitter.ts';

const OPTIONS = new Set([
  'title',
  'body',
  'silent',
  'icon',
  'urgency',
  'timeoutType',
  'actions',
  'id',
  'groupId',
]);

/** Electron's `Notification`: nothing is shown anywhere, what it says can be watched. */
export class DoubleNotification
  extends StrictEmitter
  implements Pick<Electron.Notification, 'show' | 'close' | 'title' | 'body' | 'silent' | 'urgency'>
{
  title: string;
  body: string;
  silent: boolean;
  urgency: 'normal' | 'critical' | 'low';

  static isSupported(): boolean {
    return process.env['ELECTRON_DOUBLE_NO_NOTIFICATIONS'] !== '1';
  }

  constructor(options: Electron.NotificationConstructorOptions = {}) {
    super('Notification', ['show', 'click', 'close', 'action', 'failed']);
    const unknown = Object.keys(options).find((name) => !OPTIONS.has(name));
    if (unknown !== undefined) throw unsupported(`the notification option "${unknown}"`);
    this.title = options.title ?? '';
    this.body = options.body ?? '';
    this.silent = options.silent ?? false;
    this.urgency = options.urgency ?? 'normal';
  }

  show(): void {
    this.emit('show', preventable({}));
  }

  close(): void {
    this.emit('close', preventable({}));
  }
}
