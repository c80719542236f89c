import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { HELPER_PROTOCOL } from '#shared/contract/helper.ts';
import { launch } from '../../../../../src-main/helper/client/launch.ts';

const METHOD = { via: 'root', prefix: ['/bin/sh', '-c'], asksPerson: false } as const;
const HELLO = JSON.stringify({
  hello: 'lifeboat-helper',
  protocol: HELPER_PROTOCOL,
  version: '9',
  askedByUid: 1,
  sysResource: true,
});

/** A helper that is a few words of shell: `answer ID` answers, `$line` is what was read. */
function start(script: string) {
  const answer = `answer() { echo '{"id":'$1',"ok":true,"value":{"written":[]}}'; }`;
  return launch(METHOD, [`${answer}; ${script}`]);
}

async function started(script: string) {
  const result = await start(script);
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

describe('launch', { timeout: 15_000 }, () => {
  it('takes only a hello for success, whatever is said before it', async () => {
    const helper = await started(`echo 'Welcome!'; echo '{"hello":"world"}'; echo '${HELLO}'; read -r line`);
    expect(helper.hello).toMatchObject({ version: '9', sysResource: true });
    await helper.close();
  });

  it('takes no exit code of 0 for success', async () => {
    expect(await start('exit 0')).toMatchObject({ ok: false, error: { code: 'helper-not-started' } });
  });

  it('says when the helper is of another version', async () => {
    const other = HELLO.replace(`"protocol":${HELPER_PROTOCOL}`, '"protocol":99');
    expect(await start(`echo '${other}'; read -r line`)).toMatchObject({ error: { code: 'helper-version' } });
  });

  it('says when the helper says nothing', async () => {
    const before = performance.now();
    const silent = await launch(METHOD, ['exec sleep 60'], 500);
    expect(silent).toMatchObject({ error: { code: 'helper-silent' } });
    expect(performance.now() - before).toBeGreaterThan(450);
  });

  it('says when there is no such program', async () => {
    expect(await launch({ ...METHOD, prefix: [] }, ['/no/such/helper'])).toMatchObject({
      error: { code: 'helper-missing' },
    });
  });

  it('hands on nothing of the environment that could turn a helper into something else', async () => {
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv('NODE_OPTIONS', '--no-warnings');
    for (const name of ['LD_LIBRARY_PATH', 'SHELL', 'DISPLAY', 'DBUS_SESSION_BUS_ADDRESS'])
      vi.stubEnv(name, '/tmp');
    const helper = await started(
      `echo '${HELLO}'; read -r line; env | sed 's/.*/{"event":"kernel-log","line":"&"}/'; answer 1; read -r line`,
    );
    const seen: string[] = [];
    helper.onEvent((event) => {
      if (event.event === 'kernel-log') seen.push(event.line);
    });
    await helper.request({ verb: 'ping' });
    await helper.close();
    expect(seen).toContain('LC_ALL=C');
    expect(seen.filter((line) => /^(LD_|NODE_|SHELL=|DISPLAY=|DBUS)/.test(line))).toEqual([]);
  });
});

describe('the connection to a helper', { timeout: 15_000 }, () => {
  it('fails what waits, and all that follows, when the helper ends', async () => {
    const helper = await started(`echo '${HELLO}'; read -r line; exit 3`);
    expect(await helper.request({ verb: 'ping' })).toMatchObject({
      error: { code: 'helper-ended', facts: { how: expect.stringContaining('3') as string } },
    });
    expect(await helper.request({ verb: 'ping' })).toMatchObject({ error: { code: 'helper-ended' } });
    expect(await helper.ended).toMatchObject({ code: 'helper-ended' });
  });

  it('gives answers to their requests, and events to the listeners', async () => {
    const helper = await started(
      `echo '${HELLO}'; read -r a; read -r b; echo 'nonsense'; echo '{"event":"kernel-log","line":"x"}'; echo '{"id":9,"ok":true}'; answer 2; echo '{"id":1,"ok":false,"error":{"code":"not-ours","facts":{"what":"file","path":"/a"}}}'; read -r c`,
    );
    const events: unknown[] = [];
    const stop = helper.onEvent((event) => events.push(event));
    const answers = await Promise.all([helper.request({ verb: 'ping' }), helper.request({ verb: 'ping' })]);
    expect(answers).toEqual([
      { ok: false, error: { code: 'not-ours', facts: { what: 'file', path: '/a' } } },
      { ok: true, value: { written: [] } },
    ]);
    expect(events).toEqual([{ event: 'kernel-log', line: 'x' }]);
    stop();
    await helper.close();
  });

  it('closes a helper that does not end by itself', async () => {
    const helper = await started(`echo '${HELLO}'; exec sleep 60`);
    const before = performance.now();
    await helper.close();
    expect(performance.now() - before).toBeLessThan(10_000);
  });
});
