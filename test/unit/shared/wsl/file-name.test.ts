import { describe, expect, it } from 'vitest';
import { nearMisses, wslFileName } from '#shared/wsl/file-name.ts';

describe('the name of a settings file', () => {
  it.each([
    '.wslconfig',
    '.WSLConfig',
    'example.wslconfig',
    'case-1.wslconfig',
    'settings.txt',
    'other.conf',
  ])('takes %s for a .wslconfig as it is', (name) => {
    expect(wslFileName(name)).toEqual({ kind: 'wslconfig', meant: undefined });
  });

  it.each([
    '.wslconfig.txt',
    '.wslconf',
    'wslconfig',
    'wslconfig.txt',
    '.wslcfg',
    '.wslconfg',
    '.wsl-config',
    '_wslconfig',
    '.wsl2config',
    '.wslconfig ',
    '.wslconfig.ini',
    '.wsl.txt',
    '.ws1config',
    '.wslconfigs',
  ])('knows that %s was meant to be .wslconfig', (name) => {
    expect(wslFileName(name)).toEqual({ kind: 'wslconfig', meant: '.wslconfig' });
  });

  it.each(['wsl.conf', 'example.wsl.conf', 'my-wsl.conf'])('takes %s for a wsl.conf as it is', (name) => {
    expect(wslFileName(name)).toEqual({ kind: 'wsl.conf', meant: undefined });
  });

  it.each([
    'wsl.conf.txt',
    'wsl.config',
    '.wsl.conf',
    'WSL.conf',
    'wslconf',
    'wsl.cfg',
    'wsl.cnf',
    'wsl-conf',
  ])('knows that %s was meant to be wsl.conf', (name) => {
    expect(wslFileName(name)).toEqual({ kind: 'wsl.conf', meant: 'wsl.conf' });
  });

  it('finds those of one kind in a folder', () => {
    const names = ['.bashrc', '.wslconfig', '.wslconfig.txt', 'wsl.conf', 'wsl.conf.txt', 'notes.txt'];
    expect(nearMisses(names, 'wslconfig')).toEqual(['.wslconfig.txt']);
    expect(nearMisses(names, 'wsl.conf')).toEqual(['wsl.conf.txt']);
  });
});
