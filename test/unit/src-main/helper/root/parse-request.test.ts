import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HelperRequest } from '#shared/contract/helper.ts';
import { parseLine } from '../../../../../src-main/helper/root/parse-request.ts';

const look = { name: 'a) \u0000', uid: 0, parentPid: 1, seenAtTicks: 100 };
const process = { pid: 4711, startTicks: 99, look };
const VALID: readonly HelperRequest[] = [
  { verb: 'ping' },
  { verb: 'follow-kernel-log' },
  { verb: 'set-adj', process, oomScoreAdj: -1000 },
  { verb: 'set-adj', process, oomScoreAdj: 1000, expected: 0 },
  {
    verb: 'set-adj',
    process: { ...process, look: { ...look, program: '65024:18446744073709551615' } },
    oomScoreAdj: 0,
  },
  { verb: 'set-sysctls', changes: [{ name: 'vm.swappiness', value: 10, expected: 60 }], pendingSeconds: 600 },
  {
    verb: 'set-sysctls',
    changes: [
      { name: 'vm.overcommit_ratio', value: 50 },
      { name: 'vm.overcommit_kbytes', value: 0 },
    ],
  },
  { verb: 'keep-sysctl', name: 'kernel.panic', value: -1 },
  { verb: 'forget-sysctl', name: 'vm.panic_on_oom' },
  { verb: 'keep-unit-adj', unit: 'getty@tty1.service', oomScoreAdj: -500 },
  { verb: 'forget-unit-adj', unit: 'dev-disk-by\\x2dlabel-swap.swap' },
  { verb: 'set-cgroup', path: 'system.slice/a.service', file: 'memory.max', value: 'max', mayKill: true },
  { verb: 'set-cgroup', path: 'user.slice', file: 'memory.oom.group', value: 1, pendingSeconds: 1 },
  { verb: 'confirm', change: 1 },
  { verb: 'extend', change: 1 },
  { verb: 'revert', change: 2 },
];

function parse(request: unknown) {
  return parseLine(JSON.stringify({ id: 7, request }));
}

describe('parseLine', () => {
  it.for(VALID)('takes %j', (request) => {
    expect(parse(request)).toEqual({ id: 7, request: { ok: true, value: request } });
  });

  it('takes a path of a cgroup with a slash in front', () => {
    const { request } = parse({ verb: 'set-cgroup', path: '/a/b', file: 'memory.max', value: 1 });
    expect(request).toMatchObject({ ok: true, value: { path: 'a/b' } });
  });

  it.for(['', '{', 'null', '[]', '7', '"ping"', '{"id":1}', '{"request":{"verb":"ping"}}'])(
    'refuses the line %s',
    (text) => {
      expect(parseLine(text).request).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    },
  );

  it.for([0, -1, 1.5, 2 ** 53, '1', null, true, [1]])('refuses the id %j and answers 0', (id) => {
    expect(parseLine(JSON.stringify({ id, request: { verb: 'ping' } }))).toMatchObject({
      id: 0,
      request: { ok: false },
    });
  });

  it('answers with the id of a request that it refuses', () => {
    expect(parse({ verb: 'reboot' })).toMatchObject({ id: 7, request: { ok: false } });
  });

  it.for([
    { verb: 'constructor' },
    { verb: '__proto__' },
    { verb: 'toString' },
    { verb: ['ping'] },
    { verb: 'PING' },
    { verb: 'ping', extra: 1 },
    { verb: 'set-adj', process },
    { verb: 'set-adj', process: { ...process, comm: 'a' }, oomScoreAdj: 0 },
    { verb: 'set-adj', process: { pid: 4711, look }, oomScoreAdj: 0 },
    { verb: 'set-adj', process: { pid: 4711, startTicks: 99 }, oomScoreAdj: 0 },
    { verb: 'set-adj', process: { ...process, look: { ...look, program: '1:2:3' } }, oomScoreAdj: 0 },
    { verb: 'set-adj', process: { ...process, look: { ...look, program: 7 } }, oomScoreAdj: 0 },
    { verb: 'set-adj', process: { ...process, look: { name: 'a' } }, oomScoreAdj: 0 },
    {
      verb: 'set-adj',
      process: { ...process, look: { name: 'a'.repeat(65), uid: 0, parentPid: 1, seenAtTicks: 1 } },
      oomScoreAdj: 0,
    },
    { verb: 'set-adj', process: [4711, 99], oomScoreAdj: 0 },
    { verb: 'set-adj', process, oomScoreAdj: '0' },
    { verb: 'set-adj', process, oomScoreAdj: 0.5 },
    { verb: 'set-adj', process, oomScoreAdj: 0, expected: null },
    { verb: 'set-sysctls', changes: [] },
    { verb: 'set-sysctls', changes: {} },
    { verb: 'set-sysctls', changes: [{ name: 'kernel.core_pattern', value: 1 }] },
    { verb: 'set-sysctls', changes: [{ name: 'vm/swappiness', value: 1 }] },
    { verb: 'set-sysctls', changes: [{ name: 'vm.swappiness', value: '1; reboot' }] },
    {
      verb: 'set-sysctls',
      changes: [
        { name: 'vm.swappiness', value: 1 },
        { name: 'vm.swappiness', value: 2 },
      ],
    },
    {
      verb: 'set-sysctls',
      changes: [
        { name: 'vm.overcommit_ratio', value: 50 },
        { name: 'vm.overcommit_kbytes', value: 1 },
      ],
    },
    { verb: 'keep-sysctl', name: 'vm.swappiness' },
    { verb: 'keep-unit-adj', unit: '../../../tmp/a.service', oomScoreAdj: 0 },
    { verb: 'keep-unit-adj', unit: 'a.slice', oomScoreAdj: 0 },
    { verb: 'set-cgroup', path: '..', file: 'memory.max', value: 1 },
    { verb: 'set-cgroup', path: 'a/../../etc', file: 'memory.max', value: 1 },
    { verb: 'set-cgroup', path: 'a/./b', file: 'memory.max', value: 1 },
    { verb: 'set-cgroup', path: 'a//b', file: 'memory.max', value: 1 },
    { verb: 'set-cgroup', path: '//a', file: 'memory.max', value: 1 },
    { verb: 'set-cgroup', path: '', file: 'memory.max', value: 1 },
    { verb: 'set-cgroup', path: '/', file: 'memory.max', value: 1 },
    { verb: 'set-cgroup', path: 'a\nb', file: 'memory.max', value: 1 },
    { verb: 'set-cgroup', path: 'a\0', file: 'memory.max', value: 1 },
    { verb: 'set-cgroup', path: 'ü'.repeat(1025), file: 'memory.max', value: 1 },
    { verb: 'set-cgroup', path: 'a', file: 'cgroup.procs', value: 1 },
    { verb: 'set-cgroup', path: 'a', file: '../a/memory.max', value: 1 },
    { verb: 'set-cgroup', path: 'a', file: 'memory.max', value: 'min' },
    { verb: 'set-cgroup', path: 'a', file: 'memory.max', value: 1, mayKill: 'yes' },
    { verb: 'confirm' },
    { verb: 'extend' },
    { verb: 'extend', change: 1, seconds: 600 },
    { verb: 'confirm', change: '1' },
  ])('refuses %j', (request) => {
    expect(parse(request).request).toMatchObject({ ok: false, error: { code: 'bad-request' } });
  });

  it.for([
    { verb: 'set-adj', process, oomScoreAdj: -1001 },
    { verb: 'set-adj', process, oomScoreAdj: 1001 },
    { verb: 'set-adj', process: { ...process, pid: 0 }, oomScoreAdj: 0 },
    { verb: 'set-adj', process: { ...process, pid: 2 ** 22 + 1 }, oomScoreAdj: 0 },
    { verb: 'set-sysctls', changes: [{ name: 'vm.swappiness', value: 201 }] },
    { verb: 'set-sysctls', changes: [{ name: 'vm.swappiness', value: 1 }], pendingSeconds: 0 },
    { verb: 'set-sysctls', changes: [{ name: 'vm.swappiness', value: 1 }], pendingSeconds: 601 },
    { verb: 'keep-sysctl', name: 'vm.overcommit_memory', value: 3 },
    { verb: 'set-cgroup', path: 'a', file: 'memory.max', value: -1 },
  ])('refuses %j as out of range', (request) => {
    expect(parse(request).request).toMatchObject({ ok: false, error: { code: 'out-of-range' } });
  });

  it('does not take a key twice in another way than JSON.parse', () => {
    const text = '{"id":7,"request":{"verb":"ping","verb":"confirm","change":1}}';
    expect(parseLine(text).request).toEqual({ ok: true, value: { verb: 'confirm', change: 1 } });
  });

  it('refuses __proto__ as a field', () => {
    const text = '{"id":7,"request":{"verb":"ping","__proto__":{"verb":"ping"}}}';
    expect(parseLine(text).request).toMatchObject({ ok: false });
  });

  it('answers anything at all, and never throws', { timeout: 20_000 }, () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        expect(parseLine(text)).toMatchObject({ id: 0, request: { ok: false } });
      }),
    );
  });
});
