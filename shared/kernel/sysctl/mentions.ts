import { type SysctlName } from '../../model/sysctl/sysctl.ts';
import { sysctlPath } from './lines.ts';
import { namesFor } from './rejected.ts';

/** A place in a script, a unit or a rule that sets one of our settings. */
export interface Mention {
  readonly name: SysctlName;
  /** From 1. */
  readonly line: number;
  /** Absent where it is a variable, or not on this line. */
  readonly value?: string;
}

/** What a script, a unit or a rule does to settings. */
export interface Mentions {
  readonly sets: readonly Mention[];
  /** Files whose settings it loads: `sysctl -p FILE`; without a file /etc/sysctl.conf. */
  readonly loads: readonly { readonly file: string; readonly line: number }[];
}

const SYSCTL_CONF = '/etc/sysctl.conf';
/** udev(7): `SYSCTL{kernel parameter}`. */
const UDEV = /\bSYSCTL\{([^}]+)\}\s*=\s*"([^"]*)"/g;
/** sysctl(8), in a shell, in a list of YAML, or in a unit. */
const COMMAND = /(?:^|[\s/"'[;&|(=@!+:-])sysctl\b(?!\.)([^;&|]*)/g;
const ASSIGNMENT = /(?<![\w./-])-?\/?([a-z*?[\]-]+[./][\w*?[\]!-]+)\s*=\s*["']?([^\s"',\]]*)/gi;
const LOAD = /(?:^|\s)(?:-p|-f|--load)(?:[=\s,]*([^\s"',\];&|-][^\s"',\];&|]*))?/;
/** A shell's redirection or tee into the file of a setting. */
const REDIRECTION = /(?:>{1,2}\s*|\btee\s+(?:-a\s+)?)["']?\/proc\/sys\/([\w./*-]+)/g;
const ECHO = /\b(?:echo|printf)\s+(?:-\w+\s+)?(?:["']%[sd](?:\\n)?["']\s+)?["']?([^"'\s>|;]+)/;
/** tmpfiles.d(5): `w /proc/sys/vm/swappiness - - - - 10`. */
const TMPFILES = /^w[+!=~^$-]*\s+["']?\/proc\/sys\/([^\s"']+)["']?(?:\s+\S+){4}\s+(.+)$/;
/** A whole line that assigns, as in a file that a script writes. */
const BARE = /^[-\s]*([a-z]+[./][a-z_]+)\s*=\s*(\S+)\s*$/i;

/**
 * Where a text sets settings: `sysctl -w`, a redirection into /proc/sys, `SYSCTL{}` of udev, `w` of tmpfiles. With `bare`, lines that are an
 * assignment count as well. Comments say nothing. What a program does with its own code is not seen.
 */
export function sysctlMentions(text: string, bare = false): Mentions {
  const sets: Mention[] = [];
  const loads: Mentions['loads'][number][] = [];
  for (const { text: content, line } of logicalLines(text)) {
    const add = (key: string, value: string) => {
      const isKnown = value !== '' && !/[$`%{]/.test(value);
      for (const name of namesFor(sysctlPath(key), 'systemd')) {
        sets.push({ name, line, ...(isKnown ? { value } : {}) });
      }
    };
    for (const [, key = '', value = ''] of content.matchAll(UDEV)) add(key, value);
    for (const [, rest = ''] of content.matchAll(COMMAND)) {
      for (const [, key = '', value = ''] of rest.matchAll(ASSIGNMENT)) add(key, value);
      const load = LOAD.exec(rest);
      if (load !== null) loads.push({ file: load[1] ?? SYSCTL_CONF, line });
      else if (/--system\b/.test(rest)) loads.push({ file: SYSCTL_CONF, line });
    }
    for (const [, path = ''] of content.matchAll(REDIRECTION)) add(path, ECHO.exec(content)?.[1] ?? '');
    const [, path, argument = ''] = TMPFILES.exec(content) ?? [];
    if (path !== undefined) add(path, argument.trim());
    const [, key, value = ''] = (bare ? BARE.exec(content) : null) ?? [];
    if (key !== undefined) add(key, value);
  }
  return { sets, loads };
}

/** Lines without comments; one that ends in a backslash goes on in the next. */
function logicalLines(text: string): readonly { readonly text: string; readonly line: number }[] {
  const lines: { text: string; line: number }[] = [];
  let begun: { text: string; line: number } | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const content = raw.trim();
    if (begun === undefined && /^[#;]/.test(content)) continue;
    const joined: string = begun === undefined ? content : `${begun.text} ${content}`;
    const line: number = begun?.line ?? index + 1;
    begun = joined.endsWith('\\') ? { text: joined.slice(0, -1), line } : undefined;
    if (begun === undefined && joined !== '') lines.push({ text: joined, line });
  }
  return begun === undefined ? lines : [...lines, begun];
}
