import { describe, expect, it } from 'vitest';
import { ContainerRegistry } from '../../../../src-main/containers/registry.ts';

const ID = '16c48c5e68adbb2cc0fe8cc0a29e4a0d80d1e0e1f4f2ac6c4f8d2a1d8a6d3c77';

describe('the registry of containers', () => {
  it('knows a container by its cgroup before any engine has answered', () => {
    const registry = new ContainerRegistry();
    const found = registry.of(`/docker/${ID}`);
    expect(found).toMatchObject({ engine: 'docker', id: ID, name: undefined });
    expect(registry.of(`/docker/${ID}`)).toBe(found);
    expect(registry.of('/user.slice')).toBeUndefined();
    expect(registry.all()).toEqual([found]);
    expect(registry.access()).toEqual([]);
  });
});
