import { InvalidArgumentError, type Command } from 'commander';
import { parseBytes, formatBytes } from '#shared/format/bytes.ts';
import { safeJson, safeText } from '#shared/format/safe-text.ts';
import { LEAST_MEMORY_BYTES } from '#shared/wsl/effective.ts';
import { nearMisses, wslFileName } from '#shared/wsl/file-name.ts';
import { type WslFinding } from '#shared/wsl/finding.ts';
import { readWslSettings, type WslSettings } from '#shared/wsl/read-settings.ts';
import { type WslFileKind } from '#shared/wsl/keys.ts';
import { wordsFor, type Words } from '#shared/words/index.ts';
import { doctorWsl } from '#shared/words/en/wsl/doctor-wsl.ts';
import { fail } from '#shared/result.ts';
import { namesBeside, readSettingsFile } from '../../../wsl/settings-file.ts';
import { fold } from '../../terminal/fold.ts';
import { outputColumns, printLine, reportFailure } from '../../terminal/output.ts';

interface Options {
  readonly json?: true;
  readonly windowsRam?: number;
}

/** `lifeboat doctor wsl FILE`: what a settings file of WSL means to it, on any Linux. */
export function addDoctorWsl(doctor: Command): void {
  doctor
    .command('wsl')
    .summary('check a .wslconfig or wsl.conf file')
    .description(
      'Reads a settings file of WSL as Windows does: what is in force, and each mistake with the corrected line. wsl.conf is known by its name.',
    )
    .helpOption('-h, --help', 'show help')
    .argument('<file>', 'the file, for example /mnt/c/Users/NAME/.wslconfig or /etc/wsl.conf')
    .option('--windows-ram <size>', 'all memory of Windows, for example 16GB: the limit of "memory"', ramSize)
    .option('--json', 'print one JSON object')
    .action(check);
}

function ramSize(text: string): number {
  const bytes = parseBytes(text);
  if (bytes === undefined || bytes < LEAST_MEMORY_BYTES) throw new InvalidArgumentError(doctorWsl.windowsRam);
  return bytes;
}

async function check(file: string, _own: Options, command: Command): Promise<void> {
  // --json is also an option of `doctor` itself, which takes it when it stands before the file.
  const { json, windowsRam } = command.optsWithGlobals<Options>();
  const name = file.slice(file.lastIndexOf('/') + 1);
  const { kind, meant } = wslFileName(name);
  const [read, names] = await Promise.all([readSettingsFile(file), namesBeside(file)]);
  const near = nearMisses(names, kind);
  if (!read.ok) {
    const isMissing = read.error.code === 'not-found';
    reportFailure(
      isMissing && near[0] !== undefined
        ? fail('not-found', { what: 'file', path: file, near: near[0] }).error
        : read.error,
    );
    return;
  }
  const settings = readWslSettings(read.value, kind, windowsRam);
  const findings = [...nameFindings(name, kind, meant, near), ...settings.findings];
  const words = wordsFor(process.env['LANG']);
  if (json === true) printJson(file, settings, findings, words);
  else printReport(file, settings, findings, words);
}

/** What is wrong with the name of the file, and with those beside it. */
function nameFindings(
  name: string,
  kind: WslFileKind,
  meant: string | undefined,
  near: readonly string[],
): readonly WslFinding[] {
  if (meant !== undefined) return [{ line: 1, kind: 'near-miss-name', name, meant, correction: meant }];
  const read = kind === 'wslconfig' ? '.wslconfig' : 'wsl.conf';
  // A copy under a name of its own says nothing about its neighbours.
  if (name.toLowerCase() !== read) return [];
  return near.map((each) => ({ line: 1, kind: 'near-miss-name', name: each, meant: read, isBeside: true }));
}

/** Every key, null where the default holds. */
function effectiveOf({ effective }: WslSettings): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(effective).map(([key, value]) => [key, value ?? null]));
}

/** Findings of one write: a file of 1 MiB can have half a million, and as one text they would take as much memory as some programs. */
const AT_ONCE = 1000;

function printJson(file: string, settings: WslSettings, findings: readonly WslFinding[], words: Words): void {
  const head = { version: 1, file, kind: settings.kind, effective: effectiveOf(settings) };
  process.stdout.write(`${safeJson(head).slice(0, -1)},"findings":[`);
  for (let at = 0; at < findings.length; at += AT_ONCE) {
    const part = findings.slice(at, at + AT_ONCE).map((finding) => {
      const { line, kind, correction } = finding;
      const message = words.wslFinding(finding);
      return safeJson(
        correction === undefined ? { line, kind, message } : { line, kind, message, correction },
      );
    });
    process.stdout.write(`${at === 0 ? '' : ','}${part.join(',')}`);
  }
  printLine(']}');
}

/** More than that nobody reads in a terminal. */
const MOST_SHOWN = 50;

function printReport(
  file: string,
  settings: WslSettings,
  findings: readonly WslFinding[],
  words: Words,
): void {
  const columns = outputColumns();
  const { doctorWsl: said } = words;
  printLine(safeText(said.heading(file, settings.kind)));
  const inForce = Object.entries(effectiveOf(settings)).filter(([, value]) => value !== null);
  printLine(fold(inForce.length === 0 ? said.allDefaults : said.inForce, '', columns));
  for (const [key, value] of inForce)
    printLine(`  ${key.replace(/(?:Bytes|Ms)$/, '')}: ${shown(key, value)}`);
  printLine('');
  printLine(findings.length === 0 ? said.fine : said.count(findings.length));
  for (const finding of findings.slice(0, MOST_SHOWN)) {
    const where = finding.kind === 'near-miss-name' ? '' : `${said.line(finding.line)}: `;
    printLine(fold(`${where}${safeText(words.wslFinding(finding))}`, '  ', columns));
    if (finding.correction === undefined) continue;
    printLine(`    ${said.write}`);
    // Not folded: it is to be copied.
    for (const line of finding.correction.split('\n')) printLine(`      ${safeText(line)}`);
  }
  if (findings.length > MOST_SHOWN) printLine(`  ${said.more(findings.length - MOST_SHOWN)}`);
  printLine('');
  printLine(fold(said.restart, '', columns));
}

function shown(key: string, value: unknown): string {
  if (key.endsWith('Bytes') && typeof value === 'number') return formatBytes(value);
  if (key.endsWith('Ms') && typeof value === 'number') return `${value} ms`;
  return safeText(String(value));
}
