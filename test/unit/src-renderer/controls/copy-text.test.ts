import { describe, expect, it, vi } from 'vitest';
import { copyText } from '../../../../src-renderer/controls/copy-text.ts';

/** A page whose browser copies on request, or refuses to. */
function pageThatCopies(copies: boolean, clipboardData: object | null = { setData: vi.fn() }) {
  const events = new EventTarget();
  const page = Object.assign(events, {
    execCommand: vi.fn(() => {
      if (copies)
        events.dispatchEvent(Object.assign(new Event('copy', { cancelable: true }), { clipboardData }));
      return copies;
    }),
  });
  return { page: page as unknown as Document, events, clipboardData };
}

describe('copyText', () => {
  it('puts the text on the clipboard in place of what is selected', () => {
    const { page, clipboardData } = pageThatCopies(true);
    expect(copyText('sudo lifeboat', page)).toBe(true);
    expect((clipboardData as { setData: unknown }).setData).toHaveBeenCalledExactlyOnceWith(
      'text/plain',
      'sudo lifeboat',
    );
  });

  it('says so when the browser does not copy', () => {
    expect(copyText('text', pageThatCopies(false).page)).toBe(false);
    expect(copyText('text', pageThatCopies(true, null).page)).toBe(false);
  });

  it('leaves what people copy by themselves alone afterwards', () => {
    const { page, events, clipboardData } = pageThatCopies(true);
    copyText('text', page);
    const later = Object.assign(new Event('copy', { cancelable: true }), { clipboardData });
    events.dispatchEvent(later);
    expect(later.defaultPrevented).toBe(false);
  });
});
