import { formatBytes } from '../../../format/bytes.ts';
import { type NoEffect, type SizeFault, type WslFinding } from '../../../wsl/finding.ts';
import { type WslFileKind } from '../../../wsl/keys.ts';

/** Values from a file are as long as they like. */
const LONGEST = 60;

function quoted(value: string): string {
  return `"${value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value}"`;
}

const FILES: Readonly<Record<WslFileKind, string>> = { wslconfig: '.wslconfig', 'wsl.conf': '/etc/wsl.conf' };

const SIZE_FAULTS: Readonly<Record<SizeFault, string>> = {
  'small-letters': 'Units are capital letters: KB, MB, GB or TB.',
  'binary-unit': 'GiB and MiB are unknown: GB stands for 1,024 MB.',
  fraction: 'It reads whole numbers only.',
  space: 'There may be no space between the number and its unit.',
  percent: 'It knows no percentages.',
  empty: 'The value is missing.',
  other: 'It reads a whole number with B, KB, MB, GB or TB right after it.',
};

const NO_EFFECT: Readonly<Record<NoEffect, (key: string) => string>> = {
  'is-default': (key) => `This value of ${key} stands for the default.`,
  'safe-mode': (key) => `safeMode=true overrides ${key}.`,
  'no-swap': (key) => `There is no swap, so ${key} is not used.`,
  'no-memory-controller': () =>
    'WSL mounts cgroup version 1. Its kernels from 6.18 on have no memory limits there, and it cannot go with isolateDistroCgroup.',
};

/** What WSL does with a line of .wslconfig or wsl.conf, in a sentence or two. */
export function wslFinding(finding: WslFinding): string {
  switch (finding.kind) {
    case 'unknown-key': {
      const { key, meant, inBadSection } = finding;
      if (inBadSection === true) return `WSL does not know the section, so it ignores ${key}.`;
      return `WSL does not know the key ${key} and ignores it.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
    }
    case 'unknown-section': {
      const { section, meant, of } = finding;
      if (of !== undefined) return `[${section}] belongs in ${FILES[of]}. Here WSL ignores its keys.`;
      return `WSL does not know the section [${section}] and ignores its keys.${meant === undefined ? '' : ` Did you mean [${meant}]?`}`;
    }
    case 'wrong-section':
      return `WSL reads ${finding.key} under [${finding.belongs}] only. Under [${finding.section}] it ignores it.`;
    case 'key-outside-section': {
      const where = finding.belongs === undefined ? 'a section' : `[${finding.belongs}]`;
      return `${finding.key} stands before any section, so WSL ignores it. It has to stand under ${where}.`;
    }
    case 'invalid-size':
      return `WSL refuses ${quoted(finding.value)} and uses the default of ${finding.key}. ${SIZE_FAULTS[finding.why]}`;
    case 'invalid-value': {
      const { key, value, type, keywords } = finding;
      if (type === 'mac')
        return `${quoted(value)} is no MAC address. WSL reports an error and does not start.`;
      if (type === 'ip') return `${quoted(value)} is no IPv4 address. WSL turns DNS tunneling off.`;
      if (type === 'ports') return `${quoted(value)} holds what is no port. WSL leaves that out.`;
      const allowed =
        keywords === undefined ? 'It reads a whole number.' : `It knows ${keywords.join(', ')}.`;
      return `WSL refuses ${quoted(value)} and uses the default of ${key}. ${allowed}`;
    }
    case 'bool-invalid':
      return `WSL refuses ${quoted(finding.value)} and uses the default of ${finding.key}. It reads true, false, 1 or 0.`;
    case 'invalid-line':
      return invalidLine(finding);
    case 'escape-error': {
      const { character } = finding;
      if (character === '\r')
        return 'A backslash ends this line. WSL drops it; from autumn 2026 on it stops reading the file here.';
      if (character === '') return 'A backslash ends the file. WSL skips the line.';
      return `WSL knows no \\${character} and skips the line. A backslash is written twice: \\\\.`;
    }
    case 'duplicate-ignored': {
      const { key, firstLine, wasRefused } = finding;
      const first = wasRefused ? `, although WSL refused its value` : '';
      return `${key} stands in line ${firstLine} already. The first one counts${first}.`;
    }
    case 'below-minimum': {
      const { bytes, hasUnit } = finding;
      const read = hasUnit ? '' : `Without a unit this is ${formatBytes(bytes)}. `;
      return `${read}WSL gives the virtual machine at least 256 MiB, and it gets that.`;
    }
    case 'above-ram': {
      const { value, ramBytes } = finding;
      if (ramBytes !== undefined)
        return `Windows has ${formatBytes(ramBytes)}. WSL cuts ${quoted(value)} to that: nothing is left aside for Windows.`;
      return `WSL reads ${quoted(value)} as more than any machine has, and gives the virtual machine all memory of Windows.`;
    }
    case 'encoding-ignored':
      return finding.encoding === 'utf-16be-mark'
        ? 'The file is UTF-16 with the byte order FE FF. WSL cannot read it and uses all defaults. Save it as UTF-8.'
        : 'The file is not UTF-8 text, so WSL ignores every line of it. Save it as UTF-8.';
    case 'encoding-old-only':
      return `The file begins with the byte order mark of ${finding.encoding === 'utf-8-mark' ? 'UTF-8' : 'UTF-16'}. WSL 2.5 and newer read it; older versions ignore the file. Save it as UTF-8 without a mark.`;
    case 'stops-here':
      return 'WSL stops reading wsl.conf at this line: it and everything after it has no effect.';
    case 'near-miss-name':
      return finding.isBeside === true
        ? `${finding.name} beside it is not read by WSL, which reads ${finding.meant} only.`
        : `WSL does not read a file of this name. It reads ${finding.meant}.`;
    case 'lines-joined':
      return `The backslash at the end joins the next line to ${finding.key}.`;
    case 'path-characters':
      return pathCharacters(finding.key, finding.why);
    case 'end-mark':
      return 'A character 1A (Ctrl-Z) stands here. To WSL the file ends at it: nothing after it has an effect.';
    case 'no-effect':
      return `${NO_EFFECT[finding.why](finding.key)}${finding.why === 'no-memory-controller' ? '' : ' The line changes nothing.'}`;
  }
}

function invalidLine({ why, section }: Extract<WslFinding, { readonly kind: 'invalid-line' }>): string {
  const skipped = 'WSL skips the line.';
  const below =
    section === undefined
      ? ''
      : section === ''
        ? ' The keys below it are in no section, so they are ignored.'
        : ` To WSL the keys below it are in [${section}].`;
  switch (why) {
    case 'key-name':
      return `A line begins with a letter, with [ or with # for a comment. ${skipped}`;
    case 'section-name':
      return `A section begins with a letter right after the bracket. ${skipped}${below}`;
    case 'section-end':
      return `A section is letters and digits in brackets, as [wsl2]. ${skipped}${below}`;
    case 'after-section':
      return `Nothing but a comment with # may follow a section on its line. ${skipped}${below}`;
    case 'no-equals':
      return `A key is letters and digits, and = has to follow. ${skipped}`;
    case 'open-quote':
      return `A quote is opened and never closed. ${skipped}`;
    case 'byte-order-mark':
      return 'The file begins with a byte order mark, which makes its first line invalid. Save it as UTF-8 without a mark.';
  }
}

function pathCharacters(key: string, why: 'escape' | 'not-ascii' | 'forbidden'): string {
  const ending = key.toLowerCase() === 'swapfile' ? ' WSL cannot create the file, and there is no swap.' : '';
  switch (why) {
    case 'escape':
      return `\\t, \\n and \\b are a tab, a line end and a backspace here, so the path of ${key} is wrong.${ending} A backslash is written twice: \\\\.`;
    case 'not-ascii':
      return `WSL cuts every character to 8 bits, so a path that is not plain ASCII cannot work for ${key}.${ending}`;
    case 'forbidden':
      return `Windows takes none of < > " | ? * in a path, so ${key} cannot work.${ending}`;
  }
}
