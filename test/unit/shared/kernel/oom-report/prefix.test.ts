import { describe, expect, it } from 'vitest';
import { kmsgText, withoutPrefix } from '#shared/kernel/oom-report/prefix.ts';

const words = 'mkfs.ext4 invoked oom-killer: gfp_mask=0xcc0';

describe('withoutPrefix', () => {
  it.each([
    ['none', '', undefined],
    ['dmesg', '[  123.456789] ', 123.456789],
    ['dmesg with the caller', '[  123.456789][ T1770] ', 123.456789],
    ['dmesg with the CPU', '[  123.456789][    C1] ', 123.456789],
    ['a syslog priority', '<4>[ 123.4] ', 123.4],
    ['syslog', 'Jun 29 09:17:43 host kernel: [123.4] ', 123.4],
    ['syslog without uptime', 'Jun  3 10:10:34 host kernel: ', undefined],
    ['RFC 3339 syslog', '2024-05-01T12:00:00.123456+02:00 host kernel: ', undefined],
    ['kernel:', 'kernel: ', undefined],
    ['dmesg -T', '[Thu Dec  7 00:05:14 2017] ', undefined],
    ['dmesg -T in German', '[Di Aug 12 00:05:14 2025] ', undefined],
    ['journalctl -o verbose', '    MESSAGE=', undefined],
    ['Talos', 'node1: kern:    info: [2024-07-16T19:11:51.023Z]: ', undefined],
    ['/dev/kmsg', '6,1234,5678000,-;', 5.678],
    ['dropped messages', '** 3 printk messages dropped ** [  206.416481] ', 206.416481],
    ['a quoted mail', '> > [  123.4] ', 123.4],
  ])('%s', (_, prefix, uptimeSeconds) => {
    const message = withoutPrefix(`${prefix}${words}`);
    expect(message.text).toBe(words);
    expect(message.uptimeSeconds).toBe(uptimeSeconds);
  });

  it('leaves a row of the task table alone', () => {
    const row = '[    675]     0   675   162013    10969';
    expect(withoutPrefix(row).text).toBe(row);
  });
});

describe('kmsgText', () => {
  it('gives back what was escaped', () => {
    expect(kmsgText('3,1,2,-;Killed process 1 (a\\x0ab\\x5c\\xc3\\xa9) total-vm')).toBe(
      '3,1,2,-;Killed process 1 (a\nb\\\u00e9) total-vm',
    );
  });

  it('shows bytes that are no text as such', () => {
    expect(kmsgText('(\\xff\\x0a\\x80)')).toBe('(\ufffd\n\ufffd)');
  });

  it('leaves out the keys of the record', () => {
    expect(kmsgText('6,1,2,-;usb 1-1: new\n SUBSYSTEM=usb\n DEVICE=c189:1')).toBe('6,1,2,-;usb 1-1: new');
  });
});
