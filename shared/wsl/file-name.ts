import { nearest } from '../format/nearest.ts';
import { type WslFileKind } from './keys.ts';

/** What a file is by its name, and whether WSL looks for that name. */
export interface WslFileName {
  readonly kind: WslFileKind;
  /** The name that it should have; undefined where it has it, or is a copy under a name of its own. */
  readonly meant: string | undefined;
}

/** The names that WSL looks for. Windows does not tell capitals from small letters, Linux does. */
const WSLCONFIG = '.wslconfig';
const WSL_CONF = 'wsl.conf';

/** What editors and people add. */
const ENDING = /[. _-]+(?:txt|text|ini|conf|config|cfg|cnf|toml)$/;

const LIKE_WSL_CONF =
  /^(?:[._]?wsl\.(?:conf|cnf|cfg)|wsl(?:\.config|[_-](?:conf|cnf|cfg|config)|conf))(?:[. _-]+(?:txt|text|ini))?$/;

/** Judges a file by the last part of its path. */
export function wslFileName(name: string): WslFileName {
  if (name === WSL_CONF || /.[._-]wsl\.conf$/.test(name)) return { kind: 'wsl.conf', meant: undefined };
  if (name.toLowerCase() === WSLCONFIG) return { kind: 'wslconfig', meant: undefined };
  const meant = nearMiss(name);
  if (meant === undefined) return { kind: 'wslconfig', meant };
  return { kind: meant === WSL_CONF ? 'wsl.conf' : 'wslconfig', meant };
}

/** The names in a folder that were likely meant to be the file of this kind. */
export function nearMisses(names: readonly string[], kind: WslFileKind): readonly string[] {
  const wanted = kind === 'wslconfig' ? WSLCONFIG : WSL_CONF;
  return names.filter((name) => nearMiss(name) === wanted).sort();
}

/** The name that was likely meant by one that WSL does not look for. */
function nearMiss(name: string): string | undefined {
  if (name === WSL_CONF || name.toLowerCase() === WSLCONFIG) return undefined;
  const lower = name.trim().toLowerCase();
  if (lower === WSL_CONF) return WSL_CONF;
  if (LIKE_WSL_CONF.test(lower)) return WSL_CONF;
  const bare = lower.replace(ENDING, '');
  const core = bare.replace(/^[._]/, '').replaceAll(/[ _.-]/g, '');
  if (!/^w(?:sl|s1|ls)/.test(core)) return undefined;
  if (nearest(core, ['wslconfig', 'wsl2config', 'wslcfg']) !== undefined) return WSLCONFIG;
  // `.wsl.txt`
  return core === 'wsl' && bare !== lower && lower.startsWith('.') ? WSLCONFIG : undefined;
}
