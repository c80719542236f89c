/** Where the choice is kept. */
const STORED = 'lifeboat.shortcuts';

/**
 * Single keys that act from anywhere on the page. People who speak to their computer can switch them off (WCAG 2.1.4); arrow keys and
 * Enter inside a list always work.
 */
export class Shortcuts {
  enabled = $state(localStorage.getItem(STORED) !== 'off');

  toggle(): void {
    this.enabled = !this.enabled;
    localStorage.setItem(STORED, this.enabled ? 'on' : 'off');
  }

  /** True when the event is this key without modifiers, and no text field or dialog has the focus. */
  matches(event: KeyboardEvent, key: string): boolean {
    if (!this.enabled || event.key !== key || event.defaultPrevented) return false;
    if (event.ctrlKey || event.altKey || event.metaKey) return false;
    const { target } = event;
    if (!(target instanceof Element)) return false;
    // A dialog that was closed has the focus until the next frame.
    const isOver = target.closest('dialog:not([open])') !== null;
    return isOver || target.closest('input, textarea, select, dialog') === null;
  }
}
