/**
 * The root helper: the only part of Lifeboat that runs as root. It takes no arguments, reads nothing of its environment but who asked
 * (PKEXEC_UID, SUDO_UID), and does only what parse-request.ts knows.
 */
import { readFileSync } from 'node:fs';
import { version } from '../../../package.json';
import { AuditLog } from './audit-log.ts';
import { GUARD_NAME } from './guard/messages.ts';
import { runGuard } from './guard/run-guard.ts';
import { runHelper } from './run.ts';
import { askedByUid, keepRoom } from './self.ts';
import { MACHINE } from './tree.ts';

/** In place of a file: Node reads the program from its standard input. */
const FROM_INPUT = '-';

const [, file = '', role] = process.argv;
keepRoom();
if (process.getuid?.() !== 0) {
  process.stderr.write('lifeboat-helper: it does its work as root; Lifeboat starts it when it is needed.\n');
  process.exitCode = 77;
} else if (file === FROM_INPUT && role === GUARD_NAME) {
  runGuard(MACHINE, new AuditLog(MACHINE, askedByUid(process.env)));
} else {
  // The guard runs this very text, also when the file has been replaced since.
  void runHelper(MACHINE, version, {
    args: [FROM_INPUT, GUARD_NAME],
    source: readFileSync(file, 'utf8'),
  });
}
