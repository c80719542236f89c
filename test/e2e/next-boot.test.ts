import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { procTree, type ProcTree } from '../helpers/proc-tree.ts';
import { plant, type ConfigTree } from '../helpers/sysctl-judge.ts';
import { useBrowser } from './support/browser.ts';
import { startLifeboat } from './support/lifeboat.ts';

const open = useBrowser();

/** The tuning view of a machine whose disk holds these files, started by systemd. */
async function tuningOf(
  config: ConfigTree,
  prepare: (tree: ProcTree) => void = () => undefined,
): Promise<Page> {
  const tree = procTree({ processes: [{ pid: 20, name: 'first', rssAnonPages: 5000 }] });
  onTestFinished(() => {
    tree.cleanup();
  });
  const root = dirname(tree.proc);
  plant(root, config);
  mkdirSync(join(root, 'run/systemd/system'), { recursive: true });
  // Who connects is asked of the kernel: that is this machine's.
  rmSync(join(tree.proc, 'net'), { recursive: true, force: true });
  symlinkSync('/proc/net', join(tree.proc, 'net'));
  prepare(tree);
  const { address } = await startLifeboat(0, undefined, root);
  const page = await open(address);
  await page.getByRole('link', { name: 'Tuning' }).click();
  return page;
}

describe('the page on the next boot', () => {
  it('names what sets a setting later, and says what is not known', async () => {
    const page = await tuningOf({
      '/etc/udev/rules.d/30-zram.rules': 'KERNEL=="zram0", SYSCTL{vm.swappiness}="150"\n',
      '/etc/sysctl.d/50-a.conf': 'vm.swappiness=10\n',
    });
    const card = page.getByRole('article', { name: 'Swap or drop file cache' });
    await card
      .getByText('Unless a rule of udev (/etc/udev/rules.d/30-zram.rules, line 1) sets it to 150 later.')
      .waitFor();
    await page
      .getByText(
        'The next boot brings what the kernel and the files say, unless a program sets a value later.',
      )
      .waitFor();
  });

  it('says in a container that the host decides', async () => {
    const page = await tuningOf(
      { '/etc/sysctl.d/50-a.conf': 'vm.overcommit_memory=2\nvm.overcommit_ratio=0\n' },
      (tree) => {
        tree.write(
          '/proc/self/mountinfo',
          '22 1 0:21 / /proc rw - proc proc rw\n23 22 0:21 /sys /proc/sys ro - proc proc rw\n',
        );
      },
    );
    await page.getByText(/^This is a container: .* the host decides/).waitFor();
    const card = page.getByRole('article', { name: 'Overcommit', exact: true });
    await card.getByText('The host of this container decides, whatever files here say.').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('shows what may not come up as the most dangerous thing', async () => {
    const page = await tuningOf({
      '/etc/sysctl.d/50-a.conf': 'vm.overcommit_memory=2\nvm.overcommit_kbytes=0\n',
    });
    await page
      .getByRole('alert')
      .getByText(/The next boot may not come up:.*50-a\.conf, line 2\./)
      .waitFor();
    await page.getByRole('link', { name: 'Doctor' }).click();
    await page.getByRole('heading', { name: 'Next boot' }).waitFor();
  });

  it('offers the command that lets a kept value win', async () => {
    const page = await tuningOf({
      '/etc/sysctl.d/90-lifeboat.conf': 'vm.swappiness = 10\n',
      '/etc/sysctl.d/99-x.conf': 'vm.swappiness=1\n',
    });
    await page.getByRole('link', { name: 'Doctor' }).click();
    const found = page
      .getByRole('listitem')
      .filter({ has: page.getByRole('heading', { name: 'Kept settings' }) });
    await found.getByText("sudo sed -i -e '1s/^/# /' /etc/sysctl.d/99-x.conf").waitFor();
  });
});
