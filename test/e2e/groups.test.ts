import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatBytes } from '#shared/format/bytes.ts';
import { wordsFor } from '#shared/words/index.ts';
import { startSleep } from '../helpers/processes/process-children.ts';
import { realCgroup } from '../helpers/processes/process-cgroup.ts';
import { useBrowser } from './support/browser.ts';
import { startLifeboat } from './support/lifeboat.ts';

const MIB = 2 ** 20;
const open = useBrowser();
const words = wordsFor('en');
/** Making a memory cgroup is root's to do. */
const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)('the groups of this machine (needs root)', () => {
  it('show a real cgroup with its limit and follow it when that changes', async () => {
    const cgroup = realCgroup('lifeboat-seen', 80 * MIB);
    const { pid } = await startSleep();
    cgroup.add(pid);
    const page = await open((await startLifeboat()).address);
    await page.getByRole('link', { name: words.views.groups }).click();
    // There may be a thousand others.
    await page.getByRole('textbox', { name: words.groupsView.searchLabel }).fill(cgroup.path.slice(1));
    const row = page.getByRole('row').filter({ hasText: cgroup.path.slice(1) });
    await row.getByText(`of ${formatBytes(80 * MIB)}`).waitFor();
    await row.getByText(`${pid}`).waitFor();
    await row.click();
    const detail = page.getByRole('complementary', { name: words.groupDetailWords.label });
    await detail.getByRole('heading', { name: cgroup.path.slice(1) }).waitFor();
    const file = cgroup.version === 1 ? 'memory.limit_in_bytes' : 'memory.max';
    const limitBytes = Number(readFileSync(`${cgroup.folder}/${file}`, 'utf8'));
    expect(await detail.innerText()).toContain(`${formatBytes(limitBytes)} limit, less `);
    cgroup.setLimit(72 * MIB);
    await row.getByText(`of ${formatBytes(72 * MIB)}`).waitFor();
  });
});
