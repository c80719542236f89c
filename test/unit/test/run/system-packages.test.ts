import { describe, expect, it } from 'vitest';
import { installCommand, osReleaseIds } from '../../../run/system-packages.ts';

describe('osReleaseIds', () => {
  it.for([
    { text: 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\nVERSION_ID="12"\n', ids: ['debian'] },
    { text: 'ID=linuxmint\nID_LIKE="ubuntu debian"\n', ids: ['linuxmint', 'ubuntu', 'debian'] },
    { text: "ID='fedora'\n", ids: ['fedora'] },
    { text: '', ids: [] },
  ])('finds $ids', ({ text, ids }) => {
    expect(osReleaseIds(text)).toEqual(ids);
  });
});

describe('installCommand', () => {
  it.for([
    {
      system: { ids: ['debian'], isRoot: true },
      command: 'apt-get update && apt-get install -y --no-install-recommends cpio kmod',
    },
    {
      system: { ids: ['pop', 'ubuntu', 'debian'], isRoot: false },
      command: 'sudo apt-get update && sudo apt-get install -y --no-install-recommends cpio kmod',
    },
    { system: { ids: ['fedora'], isRoot: true }, command: undefined },
  ])('is $command', ({ system, command }) => {
    expect(installCommand(['cpio', 'kmod'], system)).toBe(command);
  });
});
