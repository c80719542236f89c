import { type Locator } from 'playwright-core';

/** Elements with text that reach beyond the right edge of what holds them, where nothing cuts or scrolls them. */
export async function runningOut(part: Locator): Promise<readonly string[]> {
  return part.evaluate((root) => {
    const right = root.getBoundingClientRect().right + 1;
    return [...root.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > right)
      .filter((element) => !element.matches('.heard, svg *') && isSeen(element))
      .map((element) => element.outerHTML.slice(0, 120));

    function isSeen(element: Element): boolean {
      for (let at = element.parentElement; at !== null && at !== root; at = at.parentElement)
        if (getComputedStyle(at).overflowX !== 'visible') return false;
      return true;
    }
  });
}

/**
 * What is wrong with a panel of long names: what runs out of it, a panel that leaves the page, and buttons that cannot be pressed because
 * they are pushed out of the panel, out of the page, or cut off.
 */
export async function troublesOf(panel: Locator): Promise<readonly string[]> {
  const found = [...(await runningOut(panel))];
  found.push(
    ...(await panel.evaluate((root) => {
      const wide = document.documentElement.clientWidth;
      const box = root.getBoundingClientRect();
      const bad: string[] = [];
      if (box.left < -1 || box.right > wide + 1)
        bad.push(`the panel: ${box.left} to ${box.right} of ${wide}`);
      for (const control of root.querySelectorAll('button, select, input, a[href]')) {
        const own = control.getBoundingClientRect();
        const isSeen = control.checkVisibility({ opacityProperty: true, visibilityProperty: true });
        if (!isSeen || own.width === 0) continue;
        const what = (control.getAttribute('aria-label') ?? control.textContent).trim().slice(0, 60);
        if (own.left < box.left - 1 || own.right > box.right + 1 || own.left < -1 || own.right > wide + 1)
          bad.push(`${what}: ${own.left} to ${own.right}, in ${box.left} to ${box.right} of ${wide}`);
        // A label may not be cut in the middle without a sign.
        if (control.matches('button') && control.scrollWidth > control.clientWidth + 1)
          if (getComputedStyle(control).textOverflow !== 'ellipsis') bad.push(`${what}: its text is cut`);
      }
      return bad;
    })),
  );
  return found;
}

/**
 * Buttons which answer a preview and cannot be pressed as the page stands: out of sight, or under something else. Looked at as the preview
 * has come up, and with its upper, middle and lower part brought into sight.
 */
export async function hiddenAnswers(panel: Locator): Promise<readonly string[]> {
  return panel.evaluate((root) => {
    const bad: string[] = [];
    for (const block of [undefined, 'start', 'center', 'end'] as const) {
      if (block !== undefined) root.scrollIntoView({ block });
      for (const button of root.querySelectorAll('.answer button')) {
        const { left, right, top, bottom } = button.getBoundingClientRect();
        const y = (top + bottom) / 2;
        const hit = document.elementFromPoint((left + right) / 2, y);
        if (hit === null || !button.contains(hit))
          bad.push(
            `${button.textContent.trim()} (${block ?? 'as it comes up'}): at ${y} of ${innerHeight} px`,
          );
      }
    }
    return bad;
  });
}
