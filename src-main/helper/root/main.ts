/**
 * The root helper: the only part of Lifeboat that runs as root. It takes no arguments, reads nothing of its environment but who asked
 * (PKEXEC_UID, SUDO_UID), and does only what parse-request.ts knows.
 */
import { version } from '../../../package.json';
import { runHelper } from './run.ts';
import { MACHINE } from './tree.ts';

if (process.getuid?.() === 0) {
  void runHelper(MACHINE, version);
} else {
  process.stderr.write('lifeboat-helper: it does its work as root; Lifeboat starts it when it is needed.\n');
  process.exitCode = 77;
}
