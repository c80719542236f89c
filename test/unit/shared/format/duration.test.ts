import { expect, it } from 'vitest';
import { formatDuration } from '#shared/format/duration.ts';

it.for([
  { seconds: 0, text: '0 s' },
  { seconds: 40.4, text: '40 s' },
  { seconds: 89, text: '89 s' },
  { seconds: 90, text: '2 min' },
  { seconds: 26 * 60, text: '26 min' },
  { seconds: 90 * 60, text: '2 h' },
  { seconds: 3 * 3600, text: '3 h' },
  { seconds: 36 * 3600, text: '2 days' },
  { seconds: 30 * 86_400, text: '30 days' },
])('writes $seconds seconds as $text', ({ seconds, text }) => {
  expect(formatDuration(seconds)).toBe(text);
});
