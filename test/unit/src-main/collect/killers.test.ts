import { describe, expect, it } from 'vitest';
import { findKillers } from '../../../../src-main/collect/killers.ts';
import { snapshotOf } from '../../../helpers/processes/process-sampler.ts';
import { type FakeProcess } from '../../../helpers/proc-tree.ts';

const GIB = 2 ** 30;

function killersAmong(...processes: FakeProcess[]) {
  return findKillers(snapshotOf({ meminfo: { memTotalBytes: 10 * GIB }, processes }));
}

describe('findKillers', () => {
  it('finds none on an ordinary machine', () => {
    expect(killersAmong({ pid: 5, name: 'bash' }, { pid: 6, name: 'earlyoomer' })).toEqual([]);
  });

  it.for([
    { cmdline: ['earlyoom'], bytes: GIB },
    { cmdline: ['/usr/bin/earlyoom', '-r', '3600', '-m', '4'], bytes: 0.4 * GIB },
    { cmdline: ['earlyoom', '-m', '4,2', '-s', '90'], bytes: 0.4 * GIB },
    { cmdline: ['earlyoom', '-m2.5'], bytes: 0.25 * GIB },
    { cmdline: ['earlyoom', '-M', '524288,262144'], bytes: 0.5 * GIB },
    { cmdline: ['earlyoom', '-m', '2', '-M', '524288'], bytes: 0.2 * GIB },
    { cmdline: ['earlyoom', '-m', '20', '-M', '524288'], bytes: 0.5 * GIB },
  ])('reads from the command line when earlyoom acts: $cmdline', ({ cmdline, bytes }) => {
    const [killer] = killersAmong({ pid: 5, name: 'earlyoom', cmdline });
    expect(killer).toMatchObject({ name: 'earlyoom', pid: 5 });
    expect(killer?.actsAtAvailableBytes).toBeCloseTo(bytes, 0);
  });

  it.for([
    { name: 'nohang', cmdline: ['/usr/sbin/nohang', '--monitor'] },
    {
      name: 'python3',
      cmdline: ['python3', '/usr/sbin/nohang', '--monitor', '--config', '/etc/nohang.conf'],
    },
    { name: 'python3.11', cmdline: ['/usr/bin/python3.11', '-u', '/usr/local/sbin/nohang', '-m'] },
  ])('knows nohang as $name', ({ name, cmdline }) => {
    expect(killersAmong({ pid: 5, name, cmdline })).toEqual([
      { name: 'nohang', pid: 5, actsAtAvailableBytes: 0.5 * GIB },
    ]);
  });

  it.for([
    { name: 'python3', cmdline: ['python3', 'app.py', '/usr/sbin/nohang'] },
    { name: 'python3', cmdline: ['python3', '/usr/sbin/nohangman'] },
    { name: 'vi', cmdline: ['vi', '/usr/sbin/nohang'] },
  ])('does not take $cmdline for nohang', ({ name, cmdline }) => {
    expect(killersAmong({ pid: 5, name, cmdline })).toEqual([]);
  });

  it('knows systemd-oomd', () => {
    expect(killersAmong({ pid: 5, name: 'systemd-oomd' })).toEqual([
      { name: 'systemd-oomd', pid: 5, actsAtAvailableBytes: GIB },
    ]);
  });

  it('passes over one that has ended', () => {
    expect(killersAmong({ pid: 5, name: 'earlyoom', memory: 'none' })).toEqual([]);
  });

  it('finds several', () => {
    expect(
      killersAmong({ pid: 5, name: 'earlyoom' }, { pid: 6, name: 'systemd-oomd' }).map(({ name }) => name),
    ).toEqual(['earlyoom', 'systemd-oomd']);
  });
});
