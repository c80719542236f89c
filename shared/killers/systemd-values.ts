const UNITS: Readonly<Record<string, number>> = {
  us: 1e-6,
  usec: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  msec: 1e-3,
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  '': 1,
  m: 60,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hr: 3600,
  hour: 3600,
  hours: 3600,
  d: 86_400,
  day: 86_400,
  days: 86_400,
  w: 604_800,
  week: 604_800,
  weeks: 604_800,
};

/** Seconds in a time span of systemd.time(7), such as `20s`, `1min 30s` or `90`; undefined where it is none, or longer than weeks. */
export function parseTimeSpan(text: string): number | undefined {
  let seconds = 0;
  const parts = /^(?:\s*(?:\d+\.?\d*|\.\d+)\s*[a-zµ]*)+\s*$/.test(text)
    ? text.matchAll(/(\d+\.?\d*|\.\d+)\s*([a-zµ]*)/g)
    : [];
  let count = 0;
  for (const [, number = '', unit = ''] of parts) {
    const factor = UNITS[unit];
    if (factor === undefined) return undefined;
    seconds += Number(number) * factor;
    count += 1;
  }
  return count === 0 ? undefined : seconds;
}

/** Percent in what parse_permyriad() reads: `50%`, `62.5%`, `500‰`, `5000‱`; undefined where it is none, or above 100%. */
export function parsePercent(text: string): number | undefined {
  const [, number, sign] = /^(\d{1,5}(?:\.\d{1,2})?)([%‰‱])$/.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  const percent = Number(number) / (sign === '%' ? 1 : sign === '‰' ? 10 : 100);
  return percent <= 100 ? percent : undefined;
}

/** The values of one section of a file of systemd.syntax(7), in their order. */
export function sectionValues(
  text: string,
  section: string,
): readonly (readonly [key: string, value: string])[] {
  const values: (readonly [string, string])[] = [];
  let inside = false;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    if (line.startsWith('[')) inside = line === `[${section}]`;
    else if (inside && line.includes('=')) {
      const at = line.indexOf('=');
      values.push([line.slice(0, at).trim(), line.slice(at + 1).trim()]);
    }
  }
  return values;
}
