import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_COPY } from '../../helper/support/elevation-stage.ts';

/** By these bytes @electron/fuses finds the switches in a binary; then come a version, their number, and one character for each. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSES = [
  'runAsNode',
  'cookieEncryption',
  'nodeOptions',
  'nodeCliInspect',
  'asarIntegrity',
  'onlyLoadAppFromAsar',
  'browserV8Snapshot',
  'fileProtocolPrivileges',
] as const;
/** Those of Electron 45 as it comes. */
const FACTORY = '10110001';

/** What a real folder of Electron has besides. */
const LIBRARIES = ['libffmpeg.so', 'libEGL.so', 'libGLESv2.so', 'libvk_swiftshader.so', 'libvulkan.so.1'];
const DATA = [
  ...['chrome_100_percent.pak', 'chrome_200_percent.pak', 'resources.pak', 'icudtl.dat'],
  ...['snapshot_blob.bin', 'v8_context_snapshot.bin', 'vk_swiftshader_icd.json'],
  ...['LICENSE', 'LICENSES.chromium.html', 'version'],
];

/**
 * An Electron without Chromium: a folder as electron-builder expects it, whose program runs as Node with ELECTRON_RUN_AS_NODE, says what
 * the real one would say of itself there, and drops the same variables. The Node itself is elsewhere on the machine: packages of a hundred
 * megabytes would prove no more.
 */
export function makeElectronStandIn(folder: string): void {
  for (const sub of ['locales', 'resources']) mkdirSync(join(folder, sub), { recursive: true });
  for (const name of ['chrome-sandbox', 'chrome_crashpad_handler', ...LIBRARIES])
    writeFileSync(join(folder, name), '#!/bin/sh\nexit 70\n', { mode: 0o755 });
  for (const name of [...DATA, 'locales/en-US.pak', 'locales/de.pak'])
    writeFileSync(join(folder, name), `${name}\n`);
  writeFileSync(
    join(folder, 'stand-in.cjs'),
    `Object.defineProperty(process.versions, 'electron', { value: '45.3.4', enumerable: true });
process.execPath = require('node:path').join(__dirname, 'lifeboat-desktop');
`,
  );
  const program = `#!/bin/sh
if [ "$ELECTRON_RUN_AS_NODE" != 1 ]; then
  echo "window: $*"
  exit 0
fi
unset NODE_OPTIONS NODE_EXTRA_CA_CERTS
exec ${NODE_COPY} --require "$(dirname "$(readlink -f "$0")")/stand-in.cjs" "$@"
exit 70
`;
  const fuses = Buffer.concat([
    Buffer.from(SENTINEL),
    Buffer.from([1, FACTORY.length]),
    Buffer.from(`${FACTORY}\n`),
  ]);
  writeFileSync(join(folder, 'electron'), Buffer.concat([Buffer.from(program), fuses]));
  chmodSync(join(folder, 'electron'), 0o755);
}

/** The switches in a binary, as they stand. */
export function readFuses(binary: string): Readonly<Record<(typeof FUSES)[number], boolean>> {
  const bytes = readFileSync(binary);
  const start = bytes.indexOf(SENTINEL) + SENTINEL.length + 2;
  const states = FUSES.map((name, index) => [name, bytes[start + index] === 0x31] as const);
  return Object.fromEntries(states) as Record<(typeof FUSES)[number], boolean>;
}
