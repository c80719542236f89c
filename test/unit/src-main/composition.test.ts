import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type RecordedAlert } from '#shared/model/alert.ts';
import { compose } from '../../../src-main/composition.ts';
import { type ProcTree, type ProcTreeSpec } from '../../helpers/proc-tree.ts';
import { testTree } from '../../helpers/processes/process-sampler.ts';
import { temporaryDir } from '../../helpers/web-client.ts';

const MIB = 2 ** 20;

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A running Lifeboat on a built machine, with folders of its own. */
function running(spec: ProcTreeSpec, prepare: (tree: ProcTree, config: string) => void = () => undefined) {
  const tree = testTree(spec);
  const home = temporaryDir();
  const config = join(home, 'config/lifeboat');
  vi.stubEnv('LIFEBOAT_ROOT', dirname(tree.proc));
  vi.stubEnv('XDG_CONFIG_HOME', join(home, 'config'));
  vi.stubEnv('XDG_STATE_HOME', join(home, 'state'));
  mkdirSync(config, { recursive: true });
  prepare(tree, config);
  const alerts: RecordedAlert[] = [];
  const composed = compose({
    policy: 'when-asked',
    asks: 'none',
    log: () => undefined,
    onAlert: (alert) => alerts.push(alert),
  });
  if (!composed.ok) throw new Error(composed.error.code);
  const lifeboat = composed.value;
  onTestFinished(() => lifeboat.close());
  return { tree, lifeboat, alerts };
}

describe('compose', () => {
  it('raises an alert by the first snapshot already', () => {
    const { alerts } = running({
      meminfo: { memTotalBytes: 8192 * MIB, memAvailableBytes: 40 * MIB },
      processes: [{ pid: 10, rssAnonPages: 9000 }],
    });
    expect(alerts.map(({ alert }) => alert.kind)).toEqual(['pressure']);
  });

  it('applies the rules to the processes of the first snapshot, in the tree that is looked at', async () => {
    const own = process.geteuid?.() ?? 0;
    const { tree, lifeboat } = running(
      { processes: [{ pid: 10, name: 'eater', uid: own, rssAnonPages: 9000 }] },
      (_, config) => {
        writeFileSync(join(config, 'rules.toml'), '[[rule]]\nname = "eater"\nadj = 300\n');
      },
    );
    lifeboat.followRules();
    const value = () => readFileSync(join(tree.proc, '10/oom_score_adj'), 'utf8').trim();
    await expect.poll(value).toBe('300');
  });

  it('shows the settings of the machine whose processes it shows, and changes no other', async () => {
    const { lifeboat } = running({ sysctls: { 'vm.swappiness': 37 } }, (built) => {
      built.write('/etc/sysctl.d/50-here.conf', 'vm.swappiness = 11\n');
    });
    const { client } = lifeboat;
    const tuning = await client.request('change.tuning', {});
    const swappiness = tuning.ok && tuning.value.settings.find(({ spec }) => spec.name === 'vm.swappiness');
    expect(swappiness).toMatchObject({
      now: 37,
      onDisk: { file: '/etc/sysctl.d/50-here.conf', value: '11' },
    });
    const changes = [{ name: 'vm.swappiness', value: 5 } as const];
    const preview = await client.request('change.previewSysctls', { changes });
    const id = preview.ok ? preview.value.id : '';
    expect(await client.request('change.applySysctls', { id })).toMatchObject({
      ok: false,
      error: { code: 'not-asked', facts: { why: 'other-tree' } },
    });
    expect(await client.request('change.rights', {})).toMatchObject({
      ok: true,
      value: { state: 'read-only' },
    });
  });
});
