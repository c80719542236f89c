import { type AuditLog } from '../audit-log.ts';
import { Register } from '../register/register.ts';
import { DeadManSwitch } from '../revert/dead-man-switch.ts';
import { type Tree } from '../tree.ts';
import { type FromGuard, type ToGuard } from './messages.ts';

/**
 * The guard: a process of its own that keeps the time of changes and takes them back, so that neither the death of the helper nor its
 * standing still matters. It ends with the helper, but not before everything went back. It trusts what it receives: only the helper has
 * the other end of its channel.
 */
export function runGuard(tree: Tree, log: AuditLog): void {
  // The helper may not be there any more to listen.
  const say = (message: FromGuard): void => void process.send?.(message, () => undefined);
  let isAlone = false;
  const endWhenDone = () => {
    if (isAlone && changes.size === 0) process.exit(0);
  };
  const changes = new DeadManSwitch(tree, new Register(tree), {
    onReverted(change, reverted) {
      log.record({ guard: process.pid, reverted: change, written: reverted.written });
      say({ event: 'reverted', change, reverted });
      endWhenDone();
    },
    onRefused(change, reverted) {
      log.record({ guard: process.pid, notReverted: change, ...reverted });
      say({ event: 'refused', change, reverted });
    },
  });

  // What ends a session or a terminal must not end what puts things back.
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGPIPE'] as const)
    process.on(signal, () => undefined);
  process.on('message', (message) => {
    // Written by our own helper.
    say(answer(changes, message as ToGuard));
  });
  process.on('disconnect', () => {
    isAlone = true;
    changes.revertAll();
    endWhenDone();
  });
}

function answer(changes: DeadManSwitch, message: ToGuard): FromGuard {
  const { id } = message;
  switch (message.verb) {
    case 'arm':
      changes.arm(message.change, message.armed, message.delayMs);
      return { id, known: true };
    case 'extend':
      return { id, known: changes.extend(message.change, message.delayMs) };
    case 'keep':
      return { id, known: changes.keep(message.change) };
    case 'revert': {
      const reverted = changes.revert(message.change);
      return { id, known: reverted !== undefined, ...(reverted === undefined ? {} : { reverted }) };
    }
    case 'revert-all':
      changes.revertAll();
      return { id, known: true };
  }
}
