import { describe, expect, it } from 'vitest';
import { findKillers } from '../../../../../src-main/collect/killers/find.ts';
import { snapshotOf } from '../../../../helpers/processes/process-sampler.ts';
import { type FakeProcess } from '../../../../helpers/proc-tree.ts';

function killersAmong(...processes: FakeProcess[]) {
  return findKillers(snapshotOf({ processes })).map(({ name, process }) => `${name} ${process.pid}`);
}

describe('findKillers', () => {
  it('finds none on an ordinary machine', () => {
    expect(killersAmong({ pid: 5, name: 'bash' }, { pid: 6, name: 'earlyoomer' })).toEqual([]);
  });

  it.for([
    { name: 'nohang', cmdline: ['/usr/sbin/nohang', '--monitor'] },
    {
      name: 'python3',
      cmdline: ['python3', '/usr/sbin/nohang', '--monitor', '--config', '/etc/nohang.conf'],
    },
    { name: 'python3.11', cmdline: ['/usr/bin/python3.11', '-u', '/usr/local/sbin/nohang', '--monitor'] },
  ])('knows nohang as $name', ({ name, cmdline }) => {
    expect(killersAmong({ pid: 5, name, cmdline })).toEqual(['nohang 5']);
  });

  it.for([
    { name: 'python3', cmdline: ['python3', 'app.py', '/usr/sbin/nohang', '--monitor'] },
    { name: 'python3', cmdline: ['python3', '/usr/sbin/nohangman', '--monitor'] },
    { name: 'vi', cmdline: ['vi', '/usr/sbin/nohang', '--monitor'] },
    { name: 'python3', cmdline: ['python3', '/usr/sbin/nohang', '--tasks', '--config', '/etc/nohang.conf'] },
    { name: 'nohang', cmdline: ['/usr/sbin/nohang', '--check', '--config', '/etc/nohang.conf'] },
  ])('does not take $cmdline for a nohang that kills', ({ name, cmdline }) => {
    expect(killersAmong({ pid: 5, name, cmdline })).toEqual([]);
  });

  it('knows systemd-oomd', () => {
    expect(killersAmong({ pid: 5, name: 'systemd-oomd' })).toEqual(['systemd-oomd 5']);
  });

  it('passes over one that has ended', () => {
    expect(killersAmong({ pid: 5, name: 'earlyoom', memory: 'none' })).toEqual([]);
  });

  it('finds several', () => {
    expect(killersAmong({ pid: 5, name: 'earlyoom' }, { pid: 6, name: 'systemd-oomd' })).toEqual([
      'earlyoom 5',
      'systemd-oomd 6',
    ]);
  });
});
