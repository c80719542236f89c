/** An attachment: the keyboard goes where the question is, and back to where it was when that is gone. */
export function borrowFocus(element: HTMLElement): () => void {
  const before = document.activeElement;
  element.focus();
  return () => {
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  };
}
