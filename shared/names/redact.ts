import { basename } from './clean.ts';

/** As Datadog's scrubber knows them (pkg/process/procutil), and a few more. A dash counts as an underscore. */
const WORD =
  '(?:password|passwd|passphrase|mysql_pwd|access_token|auth_token|api_?key|private_key|secret|credentials|stripetoken|token|bearer|authorization|cookie)';
const HAS_WORD = new RegExp(WORD, 'i');
/** Tokens of known services, by what they begin with. */
const KNOWN_SECRET = /^["']?(?:sk-|ghp_|gho_|github_pat_|glpat-|xox[abp]-|AKIA|eyJ|-----BEGIN)/;
const HIDDEN = '***';

/**
 * The whole command line as one text in which everything that looks like a secret is hidden: values of options and variables whose names say so,
 * passwords of MySQL, Redis and curl, names and passwords in URLs and their query values, tokens of known services, and long random words.
 * A secret that is a plain word in a plain place cannot be recognised.
 */
export function redactedCommand(argv: readonly string[]): string {
  const program = basename(argv[0] ?? '').toLowerCase();
  const shown: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] ?? '';
    shown.push(at === 0 ? redactedInside(argument) : redactedArgument(argument, program));
    const next = argv[at + 1];
    if (at > 0 && next !== undefined && takesSecret(argument, program) && !next.startsWith('--')) {
      shown.push(HIDDEN);
      at++;
    }
  }
  return shown.join(' ');
}

/** Whether the next argument is the secret. */
function takesSecret(argument: string, program: string): boolean {
  if (/^--?[\w.-]+$/.test(argument) && namesSecret(argument)) return true;
  if (program === 'redis-cli') return argument === '-a' || argument === '--pass';
  if (program === 'sshpass') return argument === '-p';
  return program === 'curl' && /^(?:-u|--user|-U|--proxy-user)$/.test(argument);
}

function namesSecret(name: string): boolean {
  return HAS_WORD.test(name.replaceAll('-', '_'));
}

function redactedArgument(argument: string, program: string): string {
  if (/^(?:mysql|mariadb)/.test(program) && /^-p./s.test(argument)) return `-p${HIDDEN}`;
  if (program === 'sshpass' && /^-p./s.test(argument)) return `-p${HIDDEN}`;
  if (program === 'redis-cli' && /^-a./s.test(argument)) return `-a${HIDDEN}`;
  if (program === 'curl' && /^-u./s.test(argument)) return `-u${HIDDEN}`;
  if (program === 'curl' && /^--(?:proxy-)?user=/.test(argument))
    return `${argument.slice(0, argument.indexOf('=') + 1)}${HIDDEN}`;
  // `--w=v`, `w=v`, `w: v`: all behind the sign is the value.
  const named = /^([^=:\s/]*)(=|:\s*)(.+)$/s.exec(argument);
  if (named !== null && namesSecret(named[1] ?? '')) return `${named[1] ?? ''}${named[2] ?? ''}${HIDDEN}`;
  return redactedInside(argument);
}

const NAMED_INSIDE = /([\w.-]+)(["']?\s*[=:]\s*["']?)([^\s"',;&]+)/g;
const OPTION_INSIDE = /(--?[\w-]+)(\s+)([^\s-]\S*)/g;
const QUERY = /([?&][^=&\s#]*)=([^&\s#]*)/g;

/** Secrets within one argument: of a shell's text, a URL, a connection string. */
function redactedInside(argument: string): string {
  if (KNOWN_SECRET.test(argument)) return HIDDEN;
  let text = argument;
  if (text.includes('://')) {
    text = text.replace(/\/\/[^/@\s]*@/g, `//${HIDDEN}@`);
    if (text.includes('?')) text = text.replace(QUERY, `$1=${HIDDEN}`);
  }
  text = text.replace(NAMED_INSIDE, (whole, name: string, sign: string, value: string) =>
    !value.startsWith('//') && namesSecret(name) ? `${name}${sign}${HIDDEN}` : whole,
  );
  if (/\s/.test(text)) {
    text = text.replace(OPTION_INSIDE, (whole, name: string, blank: string) =>
      namesSecret(name) ? `${name}${blank}${HIDDEN}` : whole,
    );
  }
  return text.replace(/[^\s"'=,;:]+/g, (word, at: number) => (isRandom(word, at === 0) ? HIDDEN : word));
}

/** A token of a known service, or a long word of base64 or hexadecimal digits; paths and names of options are neither. */
function isRandom(word: string, isFirst: boolean): boolean {
  if (word === HIDDEN) return false;
  if (KNOWN_SECRET.test(word)) return true;
  if (word.length < 32 || (isFirst && word.startsWith('-'))) return false;
  const isPath = /^[./~]/.test(word) || word.includes('//');
  // A path is looked at name by name.
  return (isPath ? word.split('/') : [word]).some((part) => {
    if (!/^[A-Za-z0-9+/_=-]{32,}$/.test(part) || !/\d/.test(part) || !/[A-Za-z]/.test(part)) return false;
    if (/^[0-9a-f]+$/i.test(part)) return true;
    // Names are words with dashes; random words have long runs without.
    return part.split(/[_-]/).some((run) => run.length >= 20 && /\d/.test(run));
  });
}
