import { describe, expect, it } from 'vitest';
import { type Target } from '#shared/model/change.ts';
import { journalLine, lastingPlanSentence, placeText, targetText } from '#shared/words/en/changes.ts';

const ID = { pid: 7, startTicks: 9 };

describe('journalLine', () => {
  const ENTRY = {
    id: 1,
    timeMs: 0,
    who: 'a',
    action: 'set-sysctl',
    subject: 'vm.swappiness',
    asked: '1',
    state: 'done',
    group: 1,
  } as const;

  it('says that a boot lies between, as long as it was not undone', () => {
    expect(journalLine(ENTRY).state).toBe('done');
    expect(journalLine({ ...ENTRY, formerBoot: true }).state).toBe('done, before the last boot');
    expect(journalLine({ ...ENTRY, formerBoot: true, state: 'undone' }).state).toBe('undone');
  });
});

describe('lastingPlanSentence', () => {
  const PLACE = {
    lasting: { kind: 'unit', unit: { manager: 'system', name: 'web.service' } },
    oomScoreAdj: 400,
    count: 1,
    file: '/etc/a.conf',
  } as const;
  const PROMISE =
    'Every later start of web.service gets +400 from a drop-in (OOMScoreAdjust=). (/etc/a.conf)';

  it('says when systemd has not read a drop-in', () => {
    expect(lastingPlanSentence(PLACE)).toBe(PROMISE);
    expect(lastingPlanSentence({ ...PLACE, waits: 'no-systemd' })).toBe(
      `${PROMISE} systemd does not run here: the file has no effect until it does.`,
    );
    expect(lastingPlanSentence({ ...PLACE, waits: 'not-read' })).toBe(
      `${PROMISE} systemd has not read the file yet: sudo systemctl daemon-reload`,
    );
  });
});

describe('targetText', () => {
  it.for<[Target, number, string]>([
    [{ kind: 'process', id: ID }, 1, 'this process only'],
    [{ kind: 'tree', id: ID }, 4, 'this process and its descendants (4)'],
    [{ kind: 'name', name: 'a\u001b[2Jb' }, 2, String.raw`every process named a\x1b[2Jb (2)`],
    [
      { kind: 'unit', unit: { manager: 'system', name: 'nginx.service' } },
      1200,
      'all of nginx.service (1 200)',
    ],
    [
      { kind: 'container', container: `docker:${'0123456789ab'.padEnd(64, 'c')}` },
      3,
      'all of docker:0123456789ab (3)',
    ],
    [{ kind: 'container', container: 'lxc:web' }, 3, 'all of lxc:web (3)'],
  ])('%o', ([target, count, text]) => {
    expect(targetText(target, count).replaceAll('\u202f', ' ')).toBe(text);
  });
});

describe('the place of a target', () => {
  it.each([
    [{ before: 17, after: 60, of: 214 }, 'place 60 of 214'],
    [{ before: 17, isExempt: true, of: 213 }, 'exempt'],
    // In another scope, or a thread of the kernel.
    [{ of: 213 }, 'no place in this kill order'],
  ] as const)('of %j is %s', (place, text) => {
    expect(placeText(place)).toBe(text);
  });
});

describe('what is to be done by hand for a container', () => {
  const ID = '0123456789ab'.padEnd(64, 'c');
  const run = { flag: '--oom-score-adj=-250', compose: 'oom_score_adj: -250' };
  it.for([
    ['docker', ID, run, 'Start container docker:0123456789ab with --oom-score-adj=-250 next time'],
    ['containerd', ID, run, 'In Kubernetes the kubelet decides, by the pod’s quality of service.'],
    ['cri-o', ID, {}, 'Not kept for container cri-o:0123456789ab: what starts it decides.'],
    ['lxc', 'web', {}, 'Put "lxc.proc.oom_score_adj = -250" into the configuration of container lxc:web.'],
    [
      'nspawn',
      'deb',
      {},
      'Put "OOMScoreAdjust=-250" into the [Exec] section of the .nspawn file of container nspawn:deb.',
    ],
  ] as const)('is what %s takes, and names it', ([runtime, id, takes, text]) => {
    const lasting = { kind: 'container', container: `${runtime}:${id}`, runtime, ...takes } as const;
    expect(lastingPlanSentence({ lasting, oomScoreAdj: -250, count: 1 })).toContain(text);
  });
});
