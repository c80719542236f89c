/**
 * Puts a text on the clipboard, and says whether that went well. Call it from a click. This old way and not `navigator.clipboard`: that one is a
 * permission, and the desktop window grants none at all.
 */
export function copyText(text: string, page: Document = document): boolean {
  let taken = false;
  const give = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    taken = event.clipboardData !== null;
  };
  page.addEventListener('copy', give);
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- every browser has it, and none asks for anything but the click.
  const done = page.execCommand('copy');
  page.removeEventListener('copy', give);
  return done && taken;
}
