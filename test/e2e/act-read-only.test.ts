import { type Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { createClient } from '#shared/contract/client.ts';
import { type Result } from '#shared/result.ts';
import { VIEWS } from '../../src-renderer/shell/navigation.svelte.ts';
import { clientChannel, openRpc, signIn } from '../helpers/web-client.ts';
import { axeViolations, search, useBrowser } from './support/browser.ts';
import { numberIn, startSleeper } from './support/changing.ts';
import { startEater, type Eater } from './support/eater.ts';
import { startLifeboat } from './support/lifeboat.ts';

const open = useBrowser();
const DUMP_TASKS = '/proc/sys/vm/oom_dump_tasks';

const key = (view: (typeof VIEWS)[number]) => (VIEWS.indexOf(view) + 1).toString();
const adjOf = ({ pid }: { pid: number }) => numberIn(`/proc/${pid}/oom_score_adj`);
const panel = (page: Page) => page.getByRole('region', { name: 'Effect of this change' });
const button = (page: Page, name: RegExp) => page.getByRole('button', { name, exact: true });

describe('a page that may only look', () => {
  it('offers no way to change anything, and the server refuses every request that would', async () => {
    const eater = await startEater('act-looked', 24, 300);
    await startSleeper(900);
    const { address } = await startLifeboat();
    const page = await open(address, { expected: /./ });
    await page.getByRole('tab', { name: 'Kill order' }).waitFor();
    await search(page, 'act-looked');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page
      .getByRole('complementary')
      .getByRole('heading', { name: new RegExp(` ${eater.pid}$`) })
      .waitFor();
    await page.keyboard.press('Shift+G');
    for (const name of [/^Protect/, /^Kill .* first$/, 'Kill first', 'More ways', 'Allow changes'])
      expect(await page.getByRole('button', { name }).count()).toBe(0);
    expect(await panel(page).count()).toBe(0);
    await page.keyboard.press(key('tuning'));
    await page.getByRole('article', { name: 'Process list in kill reports' }).waitFor();
    await page
      .getByRole('article')
      .filter({ hasText: 'vm.oom_dump_tasks' })
      .getByRole('radio', { name: new RegExp(`^${1 - numberIn(DUMP_TASKS)} `) })
      .check();
    expect(await button(page, /^Set oom_dump_tasks to \d/).isDisabled()).toBe(true);
    expect(await axeViolations(page)).toEqual([]);
    expect(await refusals(eater)).toEqual(Array.from({ length: 8 }, () => 'read-only'));
    expect(adjOf(eater)).toBe(300);
  });
});

/** What a server that may only look answers to a signed-in page which asks for changes all the same. */
async function refusals({ pid, startTicks, name }: Eater): Promise<readonly string[]> {
  const { address, port } = await startLifeboat();
  const web = { port, mintAddress: () => address };
  const client = createClient(clientChannel(await openRpc(web, await signIn(web))));
  const adj = await client.request('change.previewAdj', {
    target: { kind: 'process', id: { pid, startTicks } },
    intent: { kind: 'adj', oomScoreAdj: 900 },
    scope: { kind: 'global' },
  });
  const other = 1 - numberIn(DUMP_TASKS);
  const sysctls = await client.request('change.previewSysctls', {
    changes: [{ name: 'vm.oom_dump_tasks', value: other }],
  });
  if (!adj.ok || !sysctls.ok) throw new Error('a page that may look sees no preview');
  const unit = (manager: 'system' | `user:${number}`) =>
    ({ kind: 'unit', unit: { manager, name: 'a.service' } }) as const;
  const planned = <T extends { readonly id: string }>(plan: Result<T>) =>
    plan.ok ? plan.value : expect.unreachable(plan.error.code);
  const keep = async (
    lasting: ReturnType<typeof unit> | { readonly kind: 'rule'; readonly name: string },
  ) => {
    const plan = await client.request('change.previewKeep', { places: [{ lasting, oomScoreAdj: 900 }] });
    return client.request('change.applyKeep', { id: planned(plan).id });
  };
  const forget = async () => {
    const plan = await client.request('change.previewKeepSysctl', { name: 'vm.oom_dump_tasks' });
    return client.request('change.applyKeepSysctl', { id: planned(plan).id });
  };
  const rule = async () => {
    const plan = await client.request('rules.previewAdd', { name, oomScoreAdj: 900 });
    return client.request('rules.apply', { id: planned(plan).id });
  };
  const answers: readonly Result<unknown>[] = [
    await client.request('change.applyAdj', { id: adj.value.id }),
    await keep({ kind: 'rule', name }),
    await keep(unit('system')),
    await keep(unit('user:1000')),
    await client.request('change.applySysctls', { id: sysctls.value.id }),
    await forget(),
    await rule(),
    await client.request('change.unlock', {}),
  ];
  return answers.map((answer) => (answer.ok ? 'it did it' : answer.error.code));
}
