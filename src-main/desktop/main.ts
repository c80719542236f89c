import { app, protocol } from 'electron';
import { tmpdir } from 'node:os';
import { logLine } from '../log-line.ts';
import { stateFolder } from '../store/folders.ts';
import { leaveAppImage } from './environment.ts';
import { outliveLog } from './outlive-log.ts';
import { PAGE_SCHEME } from './window/page.ts';
import { profileFolder } from './profile.ts';
import { runDesktop } from './run.ts';
import { enterSandbox } from './window/security.ts';
import { whyNotStart } from './start-checks.ts';

/** The entry of the desktop program: what has to be settled before Electron is ready. */
outliveLog([process.stdout, process.stderr]);
leaveAppImage(process.env);
const refusal = whyNotStart(process.getuid?.());
if (refusal !== undefined) {
  logLine(refusal);
  app.exit(1);
} else {
  app.setPath('userData', profileFolder(stateFolder(), tmpdir(), logLine));
  // A second start shows the existing window.
  if (app.requestSingleInstanceLock()) prepare();
  else app.exit(0);
}

function prepare(): void {
  const pageSandbox = enterSandbox(app);
  app.disableHardwareAcceleration();
  protocol.registerSchemesAsPrivileged([PAGE_SCHEME]);
  void app.whenReady().then(() => {
    runDesktop(pageSandbox);
  });
}
