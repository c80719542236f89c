import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEarlyoomOptions } from '#shared/killers/earlyoom-options.ts';

describe('parseEarlyoomOptions', () => {
  it.for([
    { args: [], options: {} },
    { args: ['-r', '3600'], options: {} },
    { args: ['-m', '4'], options: { memPercent: { term: 4, kill: 2 } } },
    { args: ['-m4,1'], options: { memPercent: { term: 4, kill: 1 } } },
    { args: ['-m', '2.5', '-m', '8'], options: { memPercent: { term: 8, kill: 4 } } },
    // A TERM below KILL is raised to it.
    { args: ['-m', '3,7'], options: { memPercent: { term: 7, kill: 7 } } },
    { args: ['-s', '100,50'], options: { swapPercent: { term: 100, kill: 50 } } },
    { args: ['-M', '524288,262144'], options: { memKib: { term: 524_288, kill: 262_144 } } },
    { args: ['-S', '1024'], options: { swapKib: { term: 1024, kill: 512 } } },
    { args: ['-pdgm', '5'], options: { memPercent: { term: 5, kill: 2.5 } } },
    { args: ['--prefer', '-m', '-m', '6'], options: { memPercent: { term: 6, kill: 3 } } },
    { args: ['--avoid=^(-m 9)$', '--ignore-root-user', '-n'], options: {} },
    { args: ['--dry'], options: { rehearses: true } },
    { args: ['-N', '/x', '-P', '-m', '-m', '7,0'], options: { memPercent: { term: 7, kill: 0 } } },
  ])('reads $args', ({ args, options }) => {
    expect(parseEarlyoomOptions(args)).toEqual(options);
  });

  it.for([
    [['-x']],
    [['extra']],
    [['-m', 'ten']],
    [['-m', '0']],
    [['-m', '-3']],
    [['--ignor']],
    [['--unheard']],
    [['-m', '0x10']],
    [['']],
    [['-m']],
  ])('knows that a running earlyoom has not been given %j', ([args = []]) => {
    expect(parseEarlyoomOptions(args)).toBeUndefined();
  });

  it('never throws, and gives KILL never above TERM', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('-m', '-s', '-M', '5', '5,4', ',3', '--prefer', '--'));
    fc.assert(
      fc.property(fc.array(text), (args) => {
        const { rehearses: _, ...lines } = parseEarlyoomOptions(args) ?? {};
        for (const { term, kill } of Object.values(lines)) expect(kill).toBeLessThanOrEqual(term);
      }),
    );
  });
});
