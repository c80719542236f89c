import { basename } from '../clean.ts';

/** What a command line of a desktop file runs: a program of its own, or something by way of another program. */
export interface ExecTarget {
  /** The program as it is written; absent where it says nothing of the application (`sh`, `python3`, `flatpak`). */
  readonly program?: string;
  /** `flatpak:ID`, `snap:NAME`, `waydroid:PACKAGE`, `steam:NUMBER`, `jar:FILE`, `module:NAME`, `script:PATH`. */
  readonly key?: string;
}

/** Programs that many applications are started by. */
const NO_IDENTITY =
  /^(?:sh|bash|dash|zsh|fish|python[0-9.]*|perl[0-9.]*|ruby[0-9.]*|node|nodejs|java|electron[0-9]*|wine[0-9a-z-]*|steam|flatpak|snap|distrobox[a-z-]*|toolbox|waydroid|gtk-launch|xdg-open|dbus-[a-z-]+|pkexec|sudo|systemd-run|gamemoderun|mangohud|prime-run|uwsm|env|busybox|toybox)$/;

/** Whether a program is one that says nothing of the application that it runs. */
export function hasNoIdentity(program: string): boolean {
  return NO_IDENTITY.test(basename(program));
}

/** The words of Exec= by its quoting rules; field codes (`%u`) are left out. Undefined where a quote does not end. */
function execWords(exec: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < exec.length; at++) {
    const character = exec[at] ?? '';
    if (character === '"') {
      const end = closingQuote(exec, at + 1);
      if (end === undefined) return undefined;
      word = (word ?? '') + exec.slice(at + 1, end).replace(/\\(["`$\\])/g, '$1');
      at = end;
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === '\\' && at + 1 < exec.length) {
      at++;
      word = (word ?? '') + (exec[at] ?? '');
    } else word = (word ?? '') + character;
  }
  if (word !== undefined) words.push(word);
  return words.filter((each) => !/^%[a-zA-Z]$/.test(each)).map((each) => each.replaceAll('%%', '%'));
}

function closingQuote(text: string, from: number): number | undefined {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return undefined;
}

/** What Exec= runs. Empty where nothing can be said. */
export function execTarget(exec: string): ExecTarget {
  const words = [...(execWords(exec) ?? [])];
  while (
    words[0] !== undefined &&
    (basename(words[0]) === 'env' || /^[A-Za-z_][A-Za-z0-9_]*=/.test(words[0]))
  )
    words.shift();
  const [program, ...rest] = words;
  if (program === undefined || program === '') return {};
  if (!hasNoIdentity(program)) return { program };
  const key = keyOf(basename(program), rest);
  return key === undefined ? {} : { key };
}

function keyOf(runner: string, rest: readonly string[]): string | undefined {
  const plain = rest.filter((word) => !word.startsWith('-'));
  const after = (option: string): string | undefined => rest[rest.indexOf(option) + 1];
  if (runner === 'flatpak' && plain[0] === 'run') return prefixed('flatpak', plain[1]);
  if (runner === 'snap' && plain[0] === 'run') return prefixed('snap', plain[1]);
  if (runner === 'waydroid' && plain[0] === 'app' && plain[1] === 'launch')
    return prefixed('waydroid', plain[2]);
  if (runner === 'steam') {
    const game = rest.map((word) => /^steam:\/\/rungameid\/(\d+)$/.exec(word)?.[1]).find(Boolean);
    return prefixed('steam', game);
  }
  if (runner === 'java')
    return rest.includes('-jar') ? prefixed('jar', basename(after('-jar') ?? '')) : undefined;
  if (!/^(?:python|perl|ruby|node)/.test(runner)) return undefined;
  if (rest.includes('-m')) return prefixed('module', after('-m'));
  return prefixed('script', plain[0]);
}

function prefixed(kind: string, value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : `${kind}:${value}`;
}
