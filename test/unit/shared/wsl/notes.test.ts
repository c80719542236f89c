import { describe, expect, it } from 'vitest';
import { wslNote } from '#shared/words/en/wsl/notes.ts';
import { type WslMachine, type WslReport, type WslSettingsFile } from '#shared/model/wsl.ts';
import { wslNotes } from '#shared/wsl/notes.ts';
import { readWslSettings } from '#shared/wsl/read-settings.ts';
import { utf8 } from './settings-cases.ts';

const GIB = 2 ** 30;
const MIB = 2 ** 20;
const BOOT_MS = 1_790_000_000_000;

const MEMORY = {
  totalBytes: 7958 * MIB,
  freeBytes: 3 * GIB,
  cacheBytes: GIB,
  swapTotalBytes: 2 * GIB,
  swapFreeBytes: 2 * GIB,
  returnedBytes: 2 * GIB,
  blockBytes: 128 * 1024,
};
const MACHINE: WslMachine = {
  version: 2,
  name: 'Ubuntu',
  isIsolated: true,
  shares: [{ key: 'distro-7', of: 'own', name: 'Ubuntu', memoryBytes: 2 * GIB }],
  memory: MEMORY,
  hasPressure: true,
  commandLine: { hasPsi: true, processors: 8, text: 'nr_cpus=8 psi=1' },
  bootMs: BOOT_MS,
  upSeconds: 5000,
  reclaim: 'new',
  interop: 'on',
  hasInteropVariable: true,
  hasSystemd: true,
  hasCgroupV1: false,
  kills: 0,
};

function file(text: string, changedMs = BOOT_MS - 1000): WslSettingsFile {
  const read = readWslSettings(utf8(text), 'wslconfig');
  if (read.kind !== 'wslconfig') throw new Error('not .wslconfig');
  return { path: '/mnt/c/Users/Ann/.wslconfig', findings: read.findings, values: read.effective, changedMs };
}

/** What is said on such a machine, by kind, in one text each. */
function said(machine: Partial<WslMachine>, text?: string, rest: Partial<WslReport> = {}) {
  const wslconfigs = text === undefined ? [] : [file(text)];
  const notes = wslNotes({ machine: { ...MACHINE, ...machine }, wslconfigs, windowsDrive: 'read', ...rest });
  return Object.fromEntries(
    notes.map((note) => {
      const { meaning, hint, copy } = wslNote(note);
      return [
        note.kind,
        [note.state, meaning, hint, ...(copy ?? [])].filter((part) => part !== undefined).join(' | '),
      ];
    }),
  );
}

describe('what people report of WSL gets its answer', () => {
  it('1: "vmmem eats 10 GB, free says 2"', () => {
    const answer = said({ memory: { ...MEMORY, cacheBytes: 5 * GIB } })['held'];
    expect(answer).toMatch(
      /^note \| About 5\.8 GiB, as vmmem .* 5\.0 GiB of that is cache\. 1\.0 GiB is free for Linux, in blocks below 128 KiB/,
    );
    expect(answer).toContain('drop_caches');
    expect(answer).toContain('compact_memory');
  });

  it('2: "my limit is ignored"', () => {
    const newer = { wslconfigs: [file('[wsl2]\nmemory=4GB\n', BOOT_MS + 1000)] };
    expect(said({}, undefined, newer)).toMatchObject({
      'written-after-start': expect.stringMatching(
        /^warning \| .*written after Windows started.* \| wsl --shutdown$/,
      ) as string,
      'not-applied': expect.stringContaining('the file says 4.0 GiB, and the machine has 7.8 GiB') as string,
    });
    expect(said({}, '[wsl]\nmemory=4GB\n')).toHaveProperty('mistakes');
    // An older time proves nothing, and a figure that fits nothing surely decides nothing.
    expect(said({}, '[wsl2]\nmemory=8GB\n')).toMatchObject({
      applied: expect.stringContaining('8.0 GiB') as string,
    });
    expect(said({}, '[wsl2]\nmemory=8GB\n')).not.toHaveProperty('written-after-start');
    expect(said({ memory: { ...MEMORY, totalBytes: 7500 * MIB } }, '[wsl2]\nmemory=8GB\n')).toHaveProperty(
      'cannot-tell',
    );
    expect(said({ memory: { ...MEMORY, totalBytes: 3932 * MIB } }, '[wsl2]\nmemory=4GB\n')).toHaveProperty(
      'applied',
    );
  });

  it('3: "memory=8"', () => {
    const { findings } = file('[wsl2]\nmemory=8\n');
    expect(findings).toMatchObject([{ kind: 'below-minimum', bytes: 8, correction: 'memory=8GB' }]);
    expect(said({ memory: { ...MEMORY, totalBytes: 210 * MIB } }, '[wsl2]\nmemory=8\n')['mistakes']).toMatch(
      /^warning/,
    );
  });

  it('4: "half of my memory is too little"', () => {
    expect(said({})['no-file']).toContain(
      'half of Windows’ memory, here 7.8 GiB. memory= under [wsl2] changes that',
    );
    expect(said({}, '[wsl2]\nswap=0\n')['default-memory']).toContain('half of Windows’ memory');
  });

  it('5: "my build is Killed"', () => {
    const answers = said({ kills: 2, memory: { ...MEMORY, swapFreeBytes: 10 * MIB } });
    expect(answers['kills']).toMatch(/^warning \| The kernel has killed 2 processes .* who was killed/);
    expect(answers['swap-full']).toMatch(/^warning \| All 2\.0 GiB of it are in use/);
  });

  it('6: "my session disappears when I compile"', () => {
    const early = { sessionManager: { pid: 400, oomScoreAdj: 100 } };
    expect(said({}, undefined, early)['session-at-risk']).toMatch(
      /^note .*user@\.service\.d.* \| OOMScoreAdjust=0$/,
    );
    expect(said({}, undefined, { sessionManager: { pid: 400, oomScoreAdj: 0 } })).not.toHaveProperty(
      'session-at-risk',
    );
  });

  it('7: "autoMemoryReclaim does nothing"', () => {
    const busy = [
      { pid: 90, name: 'node', percent: 3.2 },
      { pid: 91, name: 'bash', percent: 0.1 },
    ];
    expect(said({}, '[experimental]\nautoMemoryReclaim=dropCache\n', { busy })['never-idle']).toMatch(
      /less than 0\.5% of its processors\. Just now busy: node \(90\) 3\.2%\./,
    );
    expect(said({}, '[experimental]\nautoMemoryReclaim=disabled\n', { busy })).not.toHaveProperty(
      'never-idle',
    );
  });

  it('8: "gradual makes it hang"', () => {
    const text = '[experimental]\nautoMemoryReclaim=gradual\n';
    expect(said({ reclaim: 'old' }, text)['reclaim']).toMatch(
      /^warning .* swaps programs out .* \| autoMemoryReclaim=dropCache$/,
    );
    expect(said({ reclaim: 'new' }, text)['reclaim']).toMatch(/^note /);
  });

  it('9: "containers die though the distribution has memory"', () => {
    const shares = [
      ...MACHINE.shares,
      { key: 'distro-9', of: 'docker', name: 'docker-desktop', memoryBytes: 3 * GIB } as const,
    ];
    expect(said({ shares })['others-use']).toMatch(
      /^warning \| Other distributions use 3\.0 GiB .* Docker Desktop has 3\.0 GiB of it/,
    );
    expect(said({})).not.toHaveProperty('others-use');
  });

  it('10: "swap is 0"', () => {
    const memory = { ...MEMORY, swapTotalBytes: 0, swapFreeBytes: 0 };
    const why = (text: string, upSeconds = 5000) => said({ memory, upSeconds }, text)['no-swap'];
    expect(why('[wsl2]\nswapFile=C:\\temp\n')).toMatch(/could not create the swap file.* C:\temp\.vhdx/);
    expect(why('[wsl2]\nsafeMode=true\n')).toContain('safeMode=true');
    expect(why('[wsl2]\nswap=0\n')).toMatch(/^note .* swap=0/);
    expect(why('', 20)).toContain('some seconds after the start');
    expect(why('')).toMatch(/^warning .* by default/);
    expect(said({})).not.toHaveProperty('no-swap');
  });

  it('and WSL 1 is no Linux', () => {
    expect(said({ version: 1 })).toEqual({
      wsl1: expect.stringContaining('commit limit of Windows') as string,
    });
  });
});

describe('what else is said of WSL', () => {
  it('names the line that turns memory pressure on', () => {
    expect(said({ hasPressure: false })['psi-off']).toMatch(/ \| kernelCommandLine=psi=1$/);
  });

  it.each([
    ['disabled', /sudo/],
    ['unregistered', /protectBinfmt/],
    ['no-socket', /\/run\/WSL/],
  ] as const)('says why Windows programs do not start: %s', (interop, words) => {
    expect(said({ interop })['interop']).toMatch(words);
  });

  it('says what services and machines without systemd lack, and when changes end', () => {
    expect(said({ hasInteropVariable: false })['interop']).toContain('WSL_INTEROP');
    expect(said({ hasSystemd: false })['no-systemd']).toMatch(/ \| systemd=true$/);
    expect(said({})['ends-with-vm']).toContain('60 s after');
    expect(said({}, '[wsl2]\nvmIdleTimeout=-1\n')['ends-with-vm']).not.toContain(' s after');
    expect(said({ hasCgroupV1: true })).toHaveProperty('cgroup-v1');
  });

  it('compares everything that has a figure', () => {
    const text = '[wsl2]\nprocessors=4\nkernelCommandLine=psi=1 foo=2\nswap=2GB\n';
    const notes = wslNotes({ machine: MACHINE, wslconfigs: [file(text)], windowsDrive: 'read' });
    const of = (kind: string) =>
      notes.flatMap((note) => (note.kind === kind && 'what' in note ? [note.what] : []));
    expect(of('not-applied')).toEqual(['processors', 'kernelCommandLine']);
    expect(of('applied')).toEqual(['swap']);
  });

  it('names all files where several users have one, and takes the one that fits', () => {
    const two = [
      file('[wsl2]\nmemory=8GB\n'),
      { ...file('[wsl2]\nmemory=2GB\n'), path: '/mnt/c/Users/Bob/.wslconfig' },
    ];
    const answers = said({}, undefined, { wslconfigs: two });
    expect(answers['several-files']).toContain('/mnt/c/Users/Bob/.wslconfig');
    expect(answers['applied']).toContain('8.0 GiB');
    expect(said({}, undefined, { windowsDrive: 'slow' })['drive-slow']).toContain('2 s');
  });
});
