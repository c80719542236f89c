import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lifeboat } from '../helpers/processes/process-command.ts';
import { testTree } from '../helpers/processes/process-sampler.ts';

const WEB = '/system.slice/web.service';

/** A machine that was not started by systemd here, so that what systemd would do is presumed. */
async function on(...args: string[]) {
  const tree = testTree({
    cgroupVersion: 2,
    processes: [
      { pid: 20, name: 'web', rssAnonPages: 500, cgroup: WEB },
      { pid: 21, name: 'worker', rssAnonPages: 90_000, cgroup: WEB },
      { pid: 22, name: 'worker', rssAnonPages: 400, cgroup: WEB },
      { pid: 30, name: 'alone', rssAnonPages: 300, cgroup: '/system.slice/alone.service' },
    ],
  });
  const { code, stdout, stderr } = await lifeboat(args, { env: { LIFEBOAT_ROOT: dirname(tree.proc) } });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.replaceAll(/\s+/g, ' ');
}
const ENDS = 'systemd then probably ends 2 more processes of web.service (OOMPolicy=stop).';

describe('what systemd ends after a kill is said by', () => {
  it('list, in a sentence and in the row', async () => {
    const text = await on('list');
    expect(text).toContain(`Systemd then probably ends 2 more processes of web.service (OOMPolicy=stop).`);
    expect(text).toMatch(/1 21 web \(worker\) .* web\.service \+2 by systemd\?/);
    expect(text).toMatch(/30 alone root [^+]*$/);
  });

  it('list --json, beside what dies with it', async () => {
    const { order } = JSON.parse(await on('list', '--json')) as { order: { pid: number }[] };
    expect(order[0]).toMatchObject({
      pid: 21,
      diesWith: [],
      endsWith: [{ unit: 'web.service', policy: 'stop', presumed: true, pids: [20, 22] }],
    });
    expect(order.find(({ pid }) => pid === 30)).toMatchObject({ endsWith: [] });
  });

  it('explain', async () => {
    expect(await on('explain', '21')).toContain(`If it is killed, ${ENDS}`);
    expect(await on('explain', '30')).not.toContain('systemd');
  });

  it('the preview of a change', async () => {
    expect(await on('give-up', '22', '--adj', '500', '--dry-run')).toContain(
      `is next after this. If it is killed, ${ENDS}`,
    );
  });
});
