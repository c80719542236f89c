import type { Notification, NotificationConstructorOptions } from 'electron';
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { type Alert } from '#shared/model/alert.ts';
import { en } from '#shared/words/en.ts';
import { Notifier } from '../../../../src-main/desktop/notifier.ts';

const KILL: Alert = {
  kind: 'kill',
  count: 1,
  witness: 'kernel-log',
  scope: { kind: 'global' },
  victims: [{ pid: 4711, name: 'chrome', oomScoreAdj: 300, freedBytes: 2 ** 30, rank: 1 }],
};
const SAVED: Alert = {
  kind: 'protected-next',
  process: { pid: 20, startTicks: 2, name: 'postgres' },
  oomScoreAdj: -12,
  certain: true,
};

function desktop(isSupported = true) {
  const shown: { readonly options: NotificationConstructorOptions; readonly notice: EventEmitter }[] = [];
  const closed: string[] = [];
  const views: string[] = [];
  const notifier = new Notifier({
    isSupported: () => isSupported,
    make: (options) => {
      const notice = Object.assign(new EventEmitter(), {
        show: () => shown.push({ options, notice }),
        close: () => {
          closed.push(options.title ?? '');
          notice.emit('close');
        },
      });
      return notice as unknown as Notification;
    },
    onClick: (view) => views.push(view),
    words: en,
  });
  return { notifier, shown, closed, views };
}

const recorded = (alert: Alert) => ({ id: 1, timeMs: 0, alert });

describe('Notifier', () => {
  it('names the victim, why it was killed and what it freed, and leads to the record', () => {
    const { notifier, shown, views } = desktop();
    notifier.alert(recorded(KILL));
    expect(shown[0]?.options).toEqual({
      title: 'The kernel killed chrome (4711)',
      body: 'The machine ran out of memory. It was first in the kill order. Its oom_score_adj was +300. Freed about 1.0 GiB. Source: kernel log.',
      urgency: 'critical',
    });
    shown[0]?.notice.emit('click');
    expect(views).toEqual(['events']);
  });

  it('leads to the order for one that is next again', () => {
    const { notifier, shown, views } = desktop();
    notifier.alert(recorded(SAVED));
    expect(shown[0]?.options).toMatchObject({
      title: 'postgres (20), which you protected, is next again',
      urgency: 'normal',
    });
    shown[0]?.notice.emit('click');
    expect(views).toEqual(['next']);
  });

  it('lets a newer one of a kind take the place of the older, and others stand', () => {
    const { notifier, shown, closed } = desktop();
    notifier.alert(recorded(KILL));
    notifier.alert(recorded(SAVED));
    notifier.alert(recorded({ ...KILL, victims: [] }));
    expect(shown).toHaveLength(3);
    expect(closed).toEqual(['The kernel killed chrome (4711)']);
    notifier.close();
    expect(closed).toHaveLength(3);
  });

  it('stays silent where the desktop shows no notifications', () => {
    const { notifier, shown } = desktop(false);
    notifier.alert(recorded(KILL));
    expect(shown).toEqual([]);
  });
});
