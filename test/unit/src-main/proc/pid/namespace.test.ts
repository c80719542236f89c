import { describe, expect, it } from 'vitest';
import { readInInitialPidNamespace } from '../../../../../src-main/proc/pid/namespace.ts';
import { CAPTURED } from '../../../../helpers/captured.ts';
import { procTree } from '../../../../helpers/proc-tree.ts';

describe('readInInitialPidNamespace', () => {
  it('knows the first namespace from one of a container', () => {
    const container = procTree({ initialPidNamespace: false });
    expect(readInInitialPidNamespace(CAPTURED)).toEqual({ ok: true, value: true });
    expect(readInInitialPidNamespace(container)).toEqual({ ok: true, value: false });
    container.cleanup();
  });

  it('tells a kernel without namespaces, and a file that is no link', () => {
    const tree = procTree();
    tree.remove('/proc/self/ns/pid');
    expect(readInInitialPidNamespace(tree)).toMatchObject({ ok: false, why: 'missing' });
    tree.write('/proc/self/ns/pid', 'x');
    expect(readInInitialPidNamespace(tree)).toMatchObject({ ok: false, why: 'failed', errno: 'EINVAL' });
    tree.cleanup();
  });
});
