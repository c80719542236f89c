import { describe, expect, it } from 'vitest';
import { SYSCTL_PRESETS } from '#shared/kernel/sysctl/presets.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl/specs.ts';
import { SYSCTL_NAMES, type SysctlFact, type SysctlState } from '#shared/model/sysctl/sysctl.ts';
import { wordsFor } from '#shared/words/index.ts';
import { plain } from '#shared/words/sentence.ts';

const { sysctl } = wordsFor('en');
const GiB = 2 ** 30;
const LINE = { value: '2', file: '/etc/sysctl.d/99-x.conf', line: 3 };

const FACTS: readonly SysctlFact[] = [
  { kind: 'no-change' },
  { kind: 'commit-limit', beforeBytes: 24 * GiB, afterBytes: 33 * GiB, counts: true },
  { kind: 'commit-limit', beforeBytes: 24 * GiB, afterBytes: 24 * GiB, counts: false },
  { kind: 'breaks-at-once', chargeBytes: 41.7 * GiB, limitBytes: 33 * GiB },
  { kind: 'safe-with', ratio: 110, moreSwapBytes: 8.8 * GiB },
  { kind: 'safe-with', moreSwapBytes: 8.8 * GiB },
  { kind: 'headroom', leftBytes: 5 * GiB },
  { kind: 'promises-everything' },
  { kind: 'refuses-obvious', mostBytes: 39.3 * GiB },
  { kind: 'clears', other: 'vm.overcommit_kbytes', from: 1024 },
  { kind: 'panics', alsoCgroups: true, panicSeconds: 10, cgroupsWithLimit: 6 },
  { kind: 'panics', alsoCgroups: false, panicSeconds: -1, cgroupsWithLimit: 1 },
  { kind: 'panics', alsoCgroups: true, panicSeconds: 0, cgroupsWithLimit: 1 },
  { kind: 'kills', next: 'chrome' },
  { kind: 'kills' },
  { kind: 'kills-allocating-task' },
  { kind: 'restarts-after', seconds: 10 },
  { kind: 'restarts-after', seconds: -1 },
  { kind: 'hangs' },
  { kind: 'no-task-list' },
  { kind: 'task-list' },
  { kind: 'swaps', value: 0, hasSwap: true },
  { kind: 'swaps', value: 60, hasSwap: true },
  { kind: 'swaps', value: 100, hasSwap: true },
  { kind: 'swaps', value: 150, hasSwap: true },
  { kind: 'swaps', value: 60, hasSwap: false },
  { kind: 'reserve', bytes: GiB, share: 0.1 },
  { kind: 'too-little', bytes: 0, leastBytes: 2 ** 20 },
  { kind: 'refused-by-kernel', lowest: 0, highest: 100 },
  { kind: 'counts-only-in-mode-2' },
  { kind: 'other-file-wins', file: '/etc/sysctl.d/99-x.conf', value: '60' },
  { kind: 'way-out', lines: [LINE], command: 'sudo sed -i …' },
  { kind: 'boot-breaks', chargeBytes: GiB, limitBytes: 0, lines: [LINE] },
  { kind: 'boot-breaks', chargeBytes: 2 * GiB, limitBytes: GiB, lines: [LINE] },
  { kind: 'boot-hangs', lines: [LINE] },
  { kind: 'boot-starves', bytes: 3 * GiB, totalBytes: 4 * GiB, lines: [LINE] },
];

describe('facts', () => {
  it('all have a sentence that ends as one, for every setting', () => {
    for (const fact of FACTS) {
      for (const name of SYSCTL_NAMES) {
        const text = plain(sysctl.factSentence(name, fact));
        expect(text).toMatch(/^[A-Z0-9k].{15,}\.$/);
        expect(text).not.toMatch(/undefined|NaN|null|\[object/);
      }
    }
  });

  it('each says something of its own', () => {
    const texts = FACTS.map((fact) => plain(sysctl.factSentence('vm.min_free_kbytes', fact)));
    expect(new Set(texts).size).toBe(FACTS.length);
  });

  it('carry the machine’s numbers', () => {
    const text = plain(
      sysctl.factSentence('vm.overcommit_memory', {
        kind: 'breaks-at-once',
        chargeBytes: 41.7 * GiB,
        limitBytes: 33 * GiB,
      }),
    );
    expect(text).toBe(
      'Would break running programs. 41.7 GiB are already committed, 8.7 GiB beyond the limit: every new allocation and every new process would fail at once.',
    );
  });

  it('never hold control characters of a file or a process', () => {
    const hostile = 'a\u001b[2J\n';
    const facts: readonly SysctlFact[] = [
      { kind: 'kills', next: hostile },
      { kind: 'other-file-wins', file: hostile, value: hostile },
    ];
    for (const fact of facts)
      expect(plain(sysctl.factSentence('vm.swappiness', fact))).not.toMatch(/[\u0000-\u001f]/);
  });
});

describe('settings, values and presets', () => {
  it('every setting has a title and a sentence, and every value of a choice too', () => {
    for (const name of SYSCTL_NAMES) {
      const { title, meaning, values } = sysctl.settings[name];
      expect(title).toMatch(/^[A-Z]/);
      expect(meaning).toMatch(/\.$/);
      const { lowest, highest } = SYSCTL_SPECS[name];
      if (values === undefined) continue;
      const numbers = Array.from({ length: highest - lowest + 1 }, (_, index) => String(lowest + index));
      expect(Object.keys(values)).toEqual(numbers);
    }
  });

  it.each([
    ['vm.overcommit_ratio', 80, '80%'],
    ['vm.min_free_kbytes', 67_584, '67\u202f584 KiB (66.0 MiB)'],
    ['vm.overcommit_kbytes', 0, '0'],
    ['kernel.panic', 10, '10 s'],
    ['kernel.panic', 0, '0 (stays stopped)'],
    ['kernel.panic', -1, '−1 (restarts at once)'],
    ['vm.panic_on_oom', 1, '1 (Panic)'],
    ['vm.swappiness', 60, '60'],
  ] as const)('%s %d reads as %s', (name, value, text) => {
    expect(sysctl.valueText(name, value)).toBe(text);
  });

  it.each([
    ['vm.min_free_kbytes', 67_584, 'KiB (66.0 MiB)'],
    ['vm.overcommit_kbytes', 0, 'KiB'],
    ['vm.overcommit_ratio', 80, '%'],
    ['vm.swappiness', 60, ''],
    ['kernel.panic', 0, 'stays stopped'],
    ['kernel.panic', -1, 'restarts at once'],
    ['kernel.panic', 10, 's'],
  ] as const)('has behind a typed %s of %d: %s', (name, value, text) => {
    expect(sysctl.unitText(name, value)).toBe(text);
  });

  it('every preset has words', () => {
    expect(SYSCTL_PRESETS.map(({ id }) => sysctl.presets[id].title)).toEqual([
      'Kernel defaults',
      'Strict overcommit',
      'Restart after OOM',
    ]);
  });
});

describe('where a value comes from', () => {
  const spec = SYSCTL_SPECS['vm.swappiness'];
  const state: SysctlState = {
    spec,
    now: 10,
    overridden: [],
    unread: [],
    ignored: [],
    decidedBy: 'files',
    later: [],
    afterBoot: 60,
    drifts: true,
  };

  it('names file and line, and the drift', () => {
    const onDisk = { value: '60', file: '/etc/sysctl.d/50-a.conf', line: 2 };
    expect(plain(sysctl.diskSentence({ ...state, onDisk }))).toBe('60 in /etc/sysctl.d/50-a.conf, line 2.');
    expect(plain(sysctl.driftSentence({ ...state, onDisk }))).toBe(
      'Now 10, file says 60: /etc/sysctl.d/50-a.conf, line 2.',
    );
    expect(plain(sysctl.driftSentence({ ...state, onDisk, editedAfterBoot: true }))).toBe(
      'Now 10, file says 60 (edited after boot; not applied): /etc/sysctl.d/50-a.conf, line 2.',
    );
    expect(plain(sysctl.driftSentence(state))).toBe('Now 10, the kernel’s default is 60.');
    expect(sysctl.driftSentence({ ...state, drifts: false })).toEqual([]);
  });

  it('says when the kernel would refuse what is written', () => {
    const onDisk = { value: '999', file: '/etc/sysctl.d/50-a.conf', line: 2 };
    expect(plain(sysctl.diskSentence({ ...state, onDisk }))).toContain('After the next boot: 60.');
  });

  it('says the default, or that the kernel computes it', () => {
    expect(plain(sysctl.diskSentence(state))).toBe('Not set on disk; the kernel’s default is 60.');
    const computed = { ...state, spec: SYSCTL_SPECS['vm.min_free_kbytes'] };
    expect(plain(sysctl.diskSentence(computed))).toContain('computes');
  });

  it('lists the lines that lose and those that no program reads', () => {
    const line = (file: string) => ({ value: '1', file, line: 3 });
    const texts = sysctl
      .loserSentences({ ...state, overridden: [line('/proc/cmdline')], unread: [line('/etc/sysctl.conf')] })
      .map(plain);
    expect(texts).toEqual([
      '1 in the kernel’s command line is overridden by it.',
      '1 in /etc/sysctl.conf, line 3 has no effect: systemd does not read that file.',
    ]);
  });
});
