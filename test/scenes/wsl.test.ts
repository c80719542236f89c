import { describe, expect, it, onTestFinished } from 'vitest';
import { type WslMachine } from '#shared/model/wsl.ts';
import { fail, ok } from '#shared/result.ts';
import { SCENES } from '../helpers/scenes/scenes.ts';
import { startScenes } from '../helpers/scenes/scene-server.ts';
import { axeViolations, useBrowser } from '../e2e/support/browser.ts';

const open = useBrowser();
const GIB = 2 ** 30;

const MACHINE: WslMachine = {
  version: 2,
  name: 'Ubuntu',
  isIsolated: true,
  shares: [
    { key: 'distro-7', of: 'own', name: 'Ubuntu', memoryBytes: 3.1 * GIB },
    { key: 'distro-312', of: 'docker', name: 'docker-desktop', memoryBytes: 6.2 * GIB },
    { key: 'distro-40', of: 'other', memoryBytes: 0.8 * GIB },
  ],
  memory: {
    totalBytes: 15.6 * GIB,
    freeBytes: 4 * GIB,
    cacheBytes: 5.9 * GIB,
    swapTotalBytes: 4 * GIB,
    swapFreeBytes: 4 * GIB,
    returnedBytes: 2.4 * GIB,
    blockBytes: 131_072,
  },
  hasPressure: false,
  commandLine: { hasPsi: false, text: 'nr_cpus=8' },
  reclaim: 'new',
  interop: 'on',
  hasInteropVariable: true,
  hasSystemd: true,
  hasCgroupV1: false,
};

describe('a machine of WSL', () => {
  it('has its line on every view, and its doctor with the lines to copy', async () => {
    let asked = 0;
    const scene = (SCENES['workbench'] ?? expect.unreachable)();
    const server = await startScenes(
      { ...scene, machine: { ...scene.machine, wsl: 2 } },
      {
        handlers: {
          'doctor.wslMachine': () => ok({ machine: MACHINE }),
          'doctor.wsl': () =>
            ok({
              report: {
                machine: MACHINE,
                windowsDrive: 'read',
                wslconfigs: [
                  {
                    path: '/mnt/c/Users/Ann/.wslconfig',
                    findings: [
                      {
                        line: 2,
                        kind: 'below-minimum',
                        key: 'memory',
                        bytes: 8,
                        hasUnit: false,
                        correction: 'memory=8GB',
                      },
                    ],
                  },
                ],
              },
            }),
          'doctor.askWindows': () => {
            asked += 1;
            return asked === 1
              ? fail('windows-silent', { why: 'slow', seconds: 5 })
              : ok({ vmBytes: 13 * GIB });
          },
        },
      },
    );
    onTestFinished(() => server.close());
    const page = await open(server.address);
    await page
      .getByText(
        'WSL 2: Ubuntu 3.1, docker-desktop 6.2, other 0.8 of 15.6 GiB. Windows holds about 13.2 GiB for it; 5.9 of that is cache.',
      )
      .waitFor();
    await page.getByRole('link', { name: 'Why?' }).click();
    const section = page.getByRole('region', { name: 'WSL' });
    await section.getByText('memory=8GB', { exact: true }).waitFor();
    await section.getByText('kernelCommandLine=psi=1', { exact: true }).waitFor();
    await section.getByText('Ubuntu (this distribution)').waitFor();
    await section.getByText('another distribution (distro-40)').waitFor();
    const ask = section.getByRole('button', { name: 'Ask Windows' });
    await ask.click();
    await section.getByText(/did not answer within 5 s/).waitFor();
    await ask.click();
    await section.getByText('The virtual machine holds 13.0 GiB of Windows.').waitFor();
    expect(asked).toBe(2);
    expect(await axeViolations(page)).toEqual([]);
  });
});
