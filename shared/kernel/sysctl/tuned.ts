import { type Mention } from './mentions.ts';
import { sysctlPath } from './lines.ts';
import { namesFor } from './rejected.ts';

/** What a profile of tuned has that concerns settings. */
export interface TunedProfile {
  /** Profiles that it builds on; what it sets itself wins over them. */
  readonly includes: readonly string[];
  readonly sets: readonly Mention[];
}

/** Parses a tuned.conf(5): its `[sysctl]` section and `include=` in `[main]`. A value with a variable is not known. */
export function parseTunedProfile(text: string): TunedProfile {
  const includes: string[] = [];
  const sets: Mention[] = [];
  let section = '';
  let type = '';
  text.split('\n').forEach((raw, index) => {
    const content = raw.trim();
    if (/^[#;]/.test(content)) return;
    const [, header] = /^\[([^\]]*)\]$/.exec(content) ?? [];
    if (header !== undefined) {
      section = header.trim();
      type = section;
      return;
    }
    const [, key = '', value = ''] = /^([^=]+?)\s*=\s*(.*)$/.exec(content) ?? [];
    if (section === 'main' && key === 'include') includes.push(...value.split(/[\s,]+/).filter(Boolean));
    else if (key === 'type') type = value;
    else if (type === 'sysctl') {
      const isKnown = value !== '' && !/[$>{<]/.test(value);
      for (const name of namesFor(sysctlPath(key), 'systemd')) {
        sets.push({ name, line: index + 1, ...(isKnown ? { value: value.replace(/^"(.*)"$/, '$1') } : {}) });
      }
    }
  });
  return { includes, sets };
}
