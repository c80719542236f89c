import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sysctlScene } from './support/pending-scene.ts';
import { RawHelper } from './support/raw-helper.ts';
import { restoreSysctls } from './support/sysctls.ts';

restoreSysctls();

describe('what the other tests stand on', () => {
  it('fails a request that a helper did not answer before its end, and every one after it', async () => {
    const helper = new RawHelper();
    await helper.hello();
    helper.child.kill('SIGSTOP');
    const asked = helper.request({ verb: 'ping' });
    helper.child.kill('SIGKILL');
    await expect(asked).rejects.toThrow('SIGKILL');
    await expect(helper.request({ verb: 'ping' })).rejects.toThrow('has ended');
  });

  it.for([
    ['a stopped guard', false, false],
    ['a stopped helper and its stopped guard', true, false],
    ['a stopped guard whose helper was killed', true, true],
  ] as const)('removes a scene with %s, and leaves no process and no change', async ([, stops, kills]) => {
    const scene = sysctlScene();
    await scene.start(600);
    const guard = scene.guardPid() ?? 0;
    process.kill(guard, 'SIGSTOP');
    if (stops) scene.helper.child.kill('SIGSTOP');
    if (kills) {
      scene.helper.child.kill('SIGKILL');
      await scene.helper.exited;
    }
    await scene.remove();
    expect(existsSync(`/proc/${guard}/exe`)).toBe(false);
    expect(existsSync(`/proc/${scene.helper.pid}/exe`)).toBe(false);
    expect(scene.registered()).toEqual([]);
    expect(scene.now()).toBe(scene.setting.before);
  });
});
