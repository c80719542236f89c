import { describe, expect, it } from 'vitest';
import { programOf } from '#shared/format/program.ts';

describe('programOf', () => {
  it.each([
    ['MainThread', '/usr/bin/node /srv/app.js', 'node'],
    ['systemd', '/sbin/init splash', 'init'],
    ['Web Content', '/usr/lib/firefox/firefox -contentproc', 'firefox'],
  ])('%s, started as %s, is %s', (name, command, program) => {
    expect(programOf({ name, command })).toBe(program);
  });

  it.each([
    ['bash', '-bash'],
    ['bash', '/bin/bash -l'],
    ['nginx', 'nginx: worker process'],
    ['chromium', '/usr/lib/chromium/chromium --type=renderer'],
    ['gnome-terminal-', '/usr/libexec/gnome-terminal-server'],
    ['python3.11', 'python3 -m http.server'],
    ['kworker/0:1', '[kworker/0:1]'],
    ['odd', '/'],
    ['odd', ''],
  ])('nothing is added to %s, started as %s', (name, command) => {
    expect(programOf({ name, command })).toBeUndefined();
  });

  it('what is hostile is made harmless, and what is long is cut', () => {
    expect(programOf({ name: 'a', command: '/x/\u001b[2J' })).toBe('\\x1b[2J');
    expect(programOf({ name: 'a', command: `/x/${'y'.repeat(5000)}` })).toHaveLength(24);
  });
});
