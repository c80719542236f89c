import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMMANDS, ENVIRONMENTS, faultOf } from '../helpers/processes/environments.ts';
import { type Attack, Tally } from './attack.ts';
import { randomFrom, type Random } from './random.ts';

const PROGRAM = fileURLToPath(new URL('../../out/main/lifeboat.js', import.meta.url));
/** Longer than any answer takes on a busy machine: only waiting for ever is longer. */
const LONGEST_MS = 60_000;
/** Some of these at the same time. */
const MOST_AT_ONCE = 3;

const VARIABLES = ['TZ', 'TERM', 'COLUMNS', 'NO_COLOR', 'TMPDIR', 'USER'] as const;
/** As they occur. Bytes at random as a locale end Node itself (24.21, SIGSEGV in ICU), before anything of ours runs. */
const LOCALES = ['', 'C', 'POSIX', 'xx', 'tr_TR', 'ar_EG.UTF-8', 'de_DE@euro', 'en_US.ISO-8859-1'] as const;
const FOLDERS = ['XDG_STATE_HOME', 'XDG_CONFIG_HOME', 'XDG_RUNTIME_DIR', 'XDG_DATA_DIRS'] as const;
const FILES = [
  '.config/lifeboat/rules.toml',
  '.config/lifeboat/settings.json',
  '.local/state/lifeboat/rules.last-good.toml',
  '.local/state/lifeboat/journal.db',
] as const;
/** What can stand where a file should be. */
const KINDS = ['bytes', 'a folder', 'a link to itself'] as const;
const NUMBERS = ['', '0', '-1', '1', '79.5', '1e9', '99999999999999999999', 'NaN'] as const;

/**
 * Commands in surroundings that nobody has made on purpose: several of the table at once, variables and files of bytes, links that lead in
 * circles. Each ends with an answer or a sentence, by itself.
 */
export const fuzzEnvironments: Attack = ({ count, seed }) => {
  const random = randomFrom(seed);
  const tally = new Tally();
  for (let n = 0; n < count; n += 1) {
    const home = mkdtempSync(join(tmpdir(), 'lifeboat-fuzz-'));
    try {
      const { names, env, through } = surroundings(random, home);
      const args = random.pick(COMMANDS);
      const [command = '', ...rest] = [...through, process.execPath, PROGRAM, ...args];
      const ran = spawnSync(command, rest, { env, encoding: 'utf8', timeout: LONGEST_MS, input: '' });
      tally.add(ran.status === null ? String(ran.signal) : `exit ${ran.status}`);
      const fault = faultOf({
        code: ran.status ?? undefined,
        signal: ran.signal ?? undefined,
        stdout: ran.stdout,
        stderr: ran.stderr,
      });
      if (fault !== undefined)
        tally.lose(`${args.join(' ')} with ${names.join(', ')} and ${JSON.stringify(env)}: ${fault}`);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  }
  return Promise.resolve(tally.report());
};

interface Surroundings {
  readonly names: readonly string[];
  readonly env: Record<string, string>;
  readonly through: readonly string[];
}

function surroundings(random: Random, home: string): Surroundings {
  const env: Record<string, string> = { PATH: process.env['PATH'] ?? '', HOME: home };
  const names: string[] = [];
  const through: string[] = [];
  for (let n = random.below(MOST_AT_ONCE + 1); n > 0; n -= 1) {
    const [name, options] = random.pick(Object.entries(ENVIRONMENTS));
    names.push(name);
    Object.assign(env, options.env);
    through.push(...(options.through ?? []));
  }
  if (random.below(2) === 0) env['LC_ALL'] = random.pick(LOCALES);
  for (let n = random.below(3); n > 0; n -= 1)
    env[random.pick(VARIABLES)] = random.pick([text, number])(random);
  for (let n = random.below(3); n > 0; n -= 1)
    env[random.pick(FOLDERS)] = random.below(2) === 0 ? text(random) : home;
  for (let n = random.below(3); n > 0; n -= 1) {
    names.push(plant(random.pick(KINDS), home, random.pick(FILES), random));
  }
  return { names, env, through };
}

function plant(kind: (typeof KINDS)[number], home: string, path: string, random: Random): string {
  const at = join(home, path);
  rmSync(at, { recursive: true, force: true });
  mkdirSync(join(at, '..'), { recursive: true });
  if (kind === 'bytes') writeFileSync(at, random.bytes(random.below(4000)));
  else if (kind === 'a folder') mkdirSync(at);
  else symlinkSync(at, at);
  return `${kind} as ${path}`;
}

/** Any bytes but 0, which no variable can hold. */
function text(random: Random): string {
  const bytes = random.bytes(random.below(70));
  return bytes.toString('latin1').replaceAll('\0', '\u0001');
}

function number(random: Random): string {
  return random.pick(NUMBERS);
}
