import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SYSCTL_NAMES } from '#shared/model/sysctl/sysctl.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl/specs.ts';

describe('SYSCTL_SPECS', () => {
  it.for(SYSCTL_NAMES)('of %s hold together', (name) => {
    const { lowest, highest, document, ...spec } = SYSCTL_SPECS[name];
    expect(spec.name).toBe(name);
    expect(lowest).toBeLessThan(highest);
    expect(spec.default ?? lowest).toBeGreaterThanOrEqual(lowest);
    expect(spec.default ?? lowest).toBeLessThanOrEqual(highest);
    expect(document).toMatch(/^https:\/\/docs\.kernel\.org\/admin-guide\/sysctl\/(vm|kernel)\.html#[a-z-]+$/);
    if (spec.clears !== undefined) expect(SYSCTL_SPECS[spec.clears].clears).toBe(name);
  });

  it.for(SYSCTL_NAMES)('of %s take the value that this machine has', (name) => {
    const now = Number(readFileSync(`/proc/sys/${name.replace('.', '/')}`, 'utf8'));
    expect(now).toBeGreaterThanOrEqual(SYSCTL_SPECS[name].lowest);
    expect(now).toBeLessThanOrEqual(SYSCTL_SPECS[name].highest);
  });
});
