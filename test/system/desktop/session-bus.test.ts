import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { nameHasOwner } from '../../../src-main/desktop/tray/session-bus.ts';

it('asks a real session bus, as the user that it belongs to', async () => {
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => {
    bus.kill();
  });
  const [address] = (await once(bus.stdout, 'data')) as [Buffer];
  const env = { DBUS_SESSION_BUS_ADDRESS: address.toString('utf8').trim() };
  expect(await nameHasOwner(env, 'org.freedesktop.DBus')).toBe(true);
  expect(await nameHasOwner(env, 'org.kde.StatusNotifierWatcher')).toBe(false);
  expect(await nameHasOwner(env, 'not a name')).toBe(false);
});
