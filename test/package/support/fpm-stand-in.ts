/**
 * What electron-builder needs of fpm, for where the real one cannot be fetched: builds one deb by dpkg-deb or one rpm by rpmbuild of the
 * arguments that electron-builder gives. Whatever else is asked of it fails. Releases are built by fpm itself.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const text = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    source: { ...text, short: 's' },
    target: { ...text, short: 't' },
    depends: { ...text, short: 'd', multiple: true, default: [] },
    'deb-recommends': { ...text, multiple: true, default: [] },
    force: { type: 'boolean' },
    ...Object.fromEntries(
      [
        'name',
        'version',
        'architecture',
        'maintainer',
        'vendor',
        'url',
        'license',
        'description',
        'category',
        'package',
      ]
        .concat([
          'after-install',
          'after-remove',
          'deb-priority',
          'deb-compression',
          'rpm-os',
          'rpm-compression',
          'rpm-summary',
        ])
        .map((name) => [name, text]),
    ),
  },
});
const work = mkdtempSync(join(tmpdir(), 'fpm-stand-in-'));
const root = join(work, 'root');
mkdirSync(root);
for (const mapping of positionals) place(mapping);
if (values.target === 'deb') buildDeb();
else if (values.target === 'rpm') buildRpm();
else throw new Error(`no such target: ${String(values.target)}`);
rmSync(work, { recursive: true });

/** The value of an option that has to be there. */
function given(name: string): string {
  const value = (values as Readonly<Record<string, unknown>>)[name];
  if (typeof value !== 'string') throw new Error(`--${name} is missing`);
  return value;
}

/** `folder/=/to` places what is in the folder, `file=/to/file` a file. Links stay links, and modes are kept, as fpm does it. */
function place(mapping: string): void {
  const [from = '', to = ''] = mapping.split('=', 2);
  const target = join(root, to);
  if (from.endsWith('/')) {
    cpSync(from, target, { recursive: true, verbatimSymlinks: true });
    return;
  }
  mkdirSync(dirname(target), { recursive: true });
  if (lstatSync(from).isSymbolicLink()) symlinkSync(readlinkSync(from), target);
  else copyFileSync(from, target);
}

function buildDeb(): void {
  const control = join(root, 'DEBIAN');
  const kibibytes = execFileSync('du', ['-sk', '--apparent-size', root], { encoding: 'utf8' }).split('\t')[0];
  mkdirSync(control);
  const [synopsis = '', ...long] = given('description').split('\n');
  const fields = [
    ['Package', given('name')],
    ['Version', given('version')],
    ['License', given('license')],
    ['Vendor', given('vendor')],
    ['Architecture', given('architecture')],
    ['Maintainer', given('maintainer')],
    ['Installed-Size', kibibytes],
    ['Depends', values.depends.join(', ')],
    ['Recommends', values['deb-recommends'].join(', ')],
    ['Section', given('category')],
    ['Priority', given('deb-priority')],
    ['Homepage', given('url')],
    ['Description', [synopsis, ...long.map((line) => ` ${line.trim()}`)].join('\n')],
  ];
  writeFileSync(join(control, 'control'), `${fields.map(([key, value]) => `${key}: ${value}`).join('\n')}\n`);
  for (const [option, name] of [
    ['after-install', 'postinst'],
    ['after-remove', 'postrm'],
  ] as const) {
    copyFileSync(given(option), join(control, name));
    chmodSync(join(control, name), 0o755);
  }
  execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', root, given('package')]);
}

function buildRpm(): void {
  const scriptlet = (option: string) => readFileSync(given(option), 'utf8').replaceAll('%', '%%');
  const spec = `%define __spec_install_post %{nil}
%define debug_package %{nil}
%define _build_id_links none
%define _binary_payload w0.gzdio
AutoReqProv: no
Name: ${given('name')}
Version: ${given('version')}
Release: 1
Summary: ${given('rpm-summary')}
License: ${given('license')}
URL: ${given('url')}
Vendor: ${given('vendor')}
Packager: ${given('maintainer')}
${values.depends.map((name) => `Requires: ${name}\n`).join('')}
%description
${given('description')}
%install
mkdir -p %{buildroot}
cp -a ${root}/. %{buildroot}/
%post
${scriptlet('after-install')}
%postun
${scriptlet('after-remove')}
%files
%defattr(-,root,root,-)
${filesBelow(root)
  .map((path) => `"${path.slice(root.length)}"`)
  .join('\n')}
`;
  writeFileSync(join(work, 'package.spec'), spec);
  const defines = [`_topdir ${work}/build`, `_rpmdir ${work}/out`, '_rpmfilename package.rpm'];
  execFileSync('rpmbuild', [
    ...['-bb', '--quiet', '--target', given('architecture')],
    ...defines.flatMap((define) => ['--define', define]),
    join(work, 'package.spec'),
  ]);
  copyFileSync(join(work, 'out/package.rpm'), given('package'));
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
