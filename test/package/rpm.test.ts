import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { output, packageFile } from './support/packages.ts';

function query(...args: readonly string[]): string {
  return output('rpm', '--query', '--package', ...args, packageFile('.rpm'));
}

describe('the rpm', () => {
  it('names itself, its version, licence and home', () => {
    const format = '%{NAME}|%{VERSION}|%{LICENSE}|%{URL}|%{SUMMARY}';
    expect(query('--queryformat', format)).toBe(
      `lifeboat|${packageJson.version}|MIT|${packageJson.homepage}|See what is killed next when memory runs out`,
    );
  });

  it('has the same files as the deb', () => {
    const inDeb = output('sh', '-c', 'dpkg-deb --fsys-tarfile "$1" | tar --list', 'sh', packageFile('.deb'))
      .split('\n')
      .filter((path) => path !== '' && !path.endsWith('/'))
      .map((path) => path.slice(1));
    expect(query('--list').trim().split('\n').sort()).toEqual(inDeb.sort());
  });

  it('lets root alone write to its files, and has the command on PATH', () => {
    const lines = query(
      '--queryformat',
      '[%{FILEMODES:perms} %{FILEUSERNAME}:%{FILEGROUPNAME} %{FILENAMES} %{FILELINKTOS}\n]',
    )
      .trim()
      .split('\n');
    expect(lines.filter((line) => !/^(?:-rw-r--r--|-rwxr-xr-x|lrwxrwxrwx) root:root /.test(line))).toEqual(
      [],
    );
    expect(lines).toContain('lrwxrwxrwx root:root /usr/bin/lifeboat /opt/Lifeboat/resources/bin/lifeboat');
    expect(lines).toContain('-rwxr-xr-x root:root /opt/Lifeboat/resources/bin/lifeboat-helper ');
  });

  it('takes the AppArmor profile away when the last version goes, not when one follows', () => {
    expect(query('--scripts')).toContain('remove | purge | 0)');
  });
});
