/** Why the window is not opened at all; undefined when nothing is against it. */
export function whyNotStart(uid: number | undefined): string | undefined {
  if (uid !== 0) return undefined;
  return 'Start the window as yourself, not as root: a page never runs as root here. It asks for a password when a change needs one. In a terminal everything else of Lifeboat works as root too.';
}
