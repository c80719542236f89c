import { type HelperEvent } from '#shared/contract/helper.ts';
import { type Helper } from '../../helper/client/helper.ts';
import { type PendingChanges } from './pending-changes.ts';

/** Hears the kernel's log by way of the helper: that it begins, each record, and that it is over. */
export interface KernelLogListener {
  begin(): void;
  take(record: string): void;
  end(): void;
}

/** Hands on what the helper says: records of the kernel's log to the one, everything about pending changes to the other. */
export function helperListener(pending: () => PendingChanges, kernelLog: KernelLogListener | undefined) {
  return {
    onEvent: (event: HelperEvent) => {
      if (event.event === 'kernel-log') kernelLog?.take(event.line);
      else pending().onHelperEvent(event);
    },
    onEnd: () => {
      kernelLog?.end();
      pending().onHelperEnd();
    },
    onStart: (helper: Helper) => {
      if (kernelLog === undefined) return;
      kernelLog.begin();
      // Without it less is known of a kill, and nothing else is lost.
      void helper.request({ verb: 'follow-kernel-log' }).then((answer) => {
        if (!answer.ok) kernelLog.end();
      });
    },
  };
}
