import { hostname, release, version } from 'node:os';
import { describe, expect, it } from 'vitest';
import { HOST_FILES } from '../../../../src-main/proc/kernel-files.ts';
import {
  readHostname,
  readKernelRelease,
  readKernelVersion,
} from '../../../../src-main/proc/kernel-release.ts';
import { CAPTURED } from '../../../helpers/captured.ts';

describe('what the kernel calls itself', () => {
  it('is read from the captured tree', () => {
    expect(readKernelRelease(CAPTURED)).toEqual({ ok: true, value: '6.18.44' });
    expect(readKernelVersion(CAPTURED)).toEqual({ ok: true, value: '#1 SMP PREEMPT_DYNAMIC @0' });
    expect(readHostname(CAPTURED)).toEqual({ ok: true, value: 'testhost' });
  });

  it('is what uname(2) says of this machine', () => {
    expect(readKernelRelease(HOST_FILES)).toEqual({ ok: true, value: release() });
    expect(readKernelVersion(HOST_FILES)).toEqual({ ok: true, value: version() });
    expect(readHostname(HOST_FILES)).toEqual({ ok: true, value: hostname() });
  });
});
