import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readMachineIdentity } from '../../../../../src-main/collect/machine/machine-identity.ts';

describe('readMachineIdentity', () => {
  it(
    'names the distribution of this machine, and nothing that is not known',
    { timeout: 30_000 },
    async () => {
      const identity = await readMachineIdentity();
      const name = /^NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
      expect(name).not.toBe('');
      expect(identity.distribution?.split(' ')[0]).toBe(name.split(' ')[0]);
      expect(Object.values(identity).map(String)).not.toContain('');
      expect(JSON.stringify(identity).toLowerCase()).not.toContain('unknown');
    },
  );
});
