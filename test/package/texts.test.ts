import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { output, packageFile, temporaryFolder } from './support/packages.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The `share` folder of the deb. */
function share(): string {
  const folder = temporaryFolder();
  output('dpkg-deb', '--extract', packageFile('.deb'), folder);
  return join(folder, 'usr/share');
}

function bashOffers(line: string): readonly string[] {
  const words = line.split(' ');
  const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lifeboat; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const file = join(share(), 'bash-completion/completions/lifeboat');
  return output('bash', '--norc', '-c', script, 'bash', file, ...words)
    .split('\n')
    .filter(Boolean);
}

function fishOffers(line: string): readonly string[] {
  const file = join(share(), 'fish/vendor_completions.d/lifeboat.fish');
  const said = output('fish', '--no-config', '-c', `source ${file}; complete -C '${line}'`);
  return said
    .split('\n')
    .filter(Boolean)
    .map((offer) => offer.split('\t')[0] ?? '');
}

function zshOffers(line: string): readonly string[] {
  const folder = join(share(), 'zsh/vendor-completions');
  const said = output('zsh', '-f', join(import.meta.dirname, 'support/zsh-offers.zsh'), folder, line);
  return [...said.matchAll(/OFFER:(\S*)/g)].map(([, offer = '']) => offer);
}

describe.for([
  { shell: 'bash', offers: bashOffers },
  { shell: 'zsh', offers: zshOffers },
  { shell: 'fish', offers: fishOffers },
])('completion in the real $shell', ({ offers }) => {
  it.for([
    { line: 'lifeboat ex', offered: ['explain'] },
    { line: 'lifeboat rules ', offered: ['add', 'check', 'help', 'list', 'remove'] },
    { line: 'lifeboat rules add --u', offered: ['--unit', '--user'] },
    { line: 'lifeboat rules add --user roo', offered: ['root'] },
    { line: 'lifeboat protect 1 --ne', offered: ['--never'] },
    {
      line: 'lifeboat sysctl get vm.over',
      offered: ['vm.overcommit_kbytes', 'vm.overcommit_memory', 'vm.overcommit_ratio'],
    },
    { line: 'lifeboat sysctl set --preset never', offered: ['never-promise-more'] },
  ])('offers $offered for "$line"', ({ line, offered }) => {
    expect([...new Set(offers(line))].sort()).toEqual(offered);
  });

  it('offers processes where one is asked for', () => {
    expect(offers(`lifeboat explain ${process.pid}`)).toContain(String(process.pid));
  });
});

describe('the man page', () => {
  function page(): string {
    return gunzipSync(readFileSync(join(share(), 'man/man1/lifeboat.1.gz'))).toString('utf8');
  }

  it('is without fault for the lint of mandoc, but for pages that this machine has not', () => {
    const file = join(temporaryFolder(), 'lifeboat.1');
    writeFileSync(file, page());
    const { stdout } = spawnSync('mandoc', ['-Tlint', '-W', 'style', file], { encoding: 'utf8' });
    expect(
      stdout.split('\n').filter((line) => line !== '' && !line.includes('referenced manual not found')),
    ).toEqual([]);
  });

  it('has every command and option that --help knows, and no other', () => {
    const text = execFileSync('mandoc', ['-Tascii'], { encoding: 'utf8', input: page() }).replaceAll(
      /.\u0008/g,
      '',
    );
    for (const path of ['list', 'protect', 'rules add', 'sysctl set']) {
      const help = output(process.execPath, join(ROOT, 'out/main/lifeboat.js'), ...path.split(' '), '--help');
      const known = [...help.matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option);
      const section = new RegExp(`^     ${path} [^]*?(?=^     \\w)`, 'm').exec(text)?.[0] ?? '';
      const written = [...section.matchAll(/^ {13}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option);
      expect([...written, '--help']).toEqual(known);
    }
  });
});
