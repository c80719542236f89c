import { type Attachment } from 'svelte/attachments';

/** Whether the pointer or the keyboard is in a list: then its order holds. */
export class Hold {
  #pointer = $state(false);
  #focus = $state(false);

  /** One value for both: going from one to the other is no new beginning. */
  readonly #on = $derived(this.#pointer || this.#focus);

  get on(): boolean {
    return this.#on;
  }

  /** Follows the pointer and the focus in an element. */
  readonly follow: Attachment<HTMLElement> = (element) => {
    let gone = false;
    // A row that is taken away blurs in the middle of drawing, when nothing may change.
    const later = (change: () => void) => () => {
      queueMicrotask(() => {
        if (!gone) change();
      });
    };
    const entered = later(() => {
      this.#pointer = true;
    });
    const left = later(() => {
      this.#pointer = false;
    });
    const moved = later(() => {
      this.#focus = element.contains(document.activeElement);
    });
    element.addEventListener('pointerenter', entered);
    element.addEventListener('pointerleave', left);
    element.addEventListener('focusin', moved);
    element.addEventListener('focusout', moved);
    return () => {
      element.removeEventListener('pointerenter', entered);
      element.removeEventListener('pointerleave', left);
      element.removeEventListener('focusin', moved);
      element.removeEventListener('focusout', moved);
      gone = true;
    };
  };
}
