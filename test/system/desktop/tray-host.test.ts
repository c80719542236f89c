import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasTrayHost, nameHasOwner } from '../../../src-main/desktop/tray/tray-host.ts';

/** A folder that holds only the named programs, as a PATH. */
function pathWith(programs: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-path-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  for (const program of programs) {
    const found = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim();
    if (found !== '') symlinkSync(found, join(folder, program));
  }
  return folder;
}

async function startBus(): Promise<string> {
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => {
    bus.kill();
  });
  const [address] = (await once(bus.stdout, 'data')) as [Buffer];
  return address.toString('utf8').trim();
}

describe('the tray host is asked for on the session bus', () => {
  it('answers as a real bus does', async () => {
    const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: await startBus() };
    expect(await nameHasOwner(env, 'org.freedesktop.DBus')).toBe(true);
    expect(await hasTrayHost(env)).toBe(false);
    expect(await nameHasOwner(env, 'not a name')).toBe(false);
  });

  it('answers with dbus-send alone, which comes with the bus', async () => {
    const env = { PATH: pathWith(['dbus-send']), DBUS_SESSION_BUS_ADDRESS: await startBus() };
    expect(await nameHasOwner(env, 'org.freedesktop.DBus')).toBe(true);
    expect(await hasTrayHost(env)).toBe(false);
  });

  it('is false where no program can ask, no bus is named, or the bus is gone', async () => {
    const address = await startBus();
    const PATH = pathWith([]);
    expect(await nameHasOwner({ PATH, DBUS_SESSION_BUS_ADDRESS: address }, 'org.freedesktop.DBus')).toBe(
      false,
    );
    expect(await nameHasOwner({ PATH: process.env['PATH'] }, 'org.freedesktop.DBus')).toBe(false);
    const gone = { PATH: process.env['PATH'], DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };
    expect(await nameHasOwner(gone, 'org.freedesktop.DBus')).toBe(false);
  });
});
