import { type Page } from 'playwright-core';
import { type Desktop } from './desktop.ts';

/** Does something to the window, as its user or the desktop would. */
export function inWindow(
  desktop: Desktop,
  change: 'hide' | 'show' | 'minimize' | 'restore' | 'close',
): Promise<void> {
  return desktop.evaluate(({ BrowserWindow }, name) => {
    BrowserWindow.getAllWindows()[0]?.[name]();
  }, change);
}

/** Whether it can be seen. */
export function isShown(desktop: Desktop): Promise<boolean> {
  return desktop.evaluate(
    ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() === true,
    undefined,
  );
}

/** Evaluates a script in the page through main, so that no debugger is attached to it. */
export function inPage<Answer>(desktop: Desktop, script: string): Promise<Answer> {
  return desktop.evaluate(
    ({ BrowserWindow }, code) =>
      BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(code) as Promise<Answer>,
    script,
  );
}

/** The page, once it shows the kill order. */
export async function openPage(desktop: Desktop): Promise<Page> {
  const page = await desktop.page();
  await page.getByRole('region', { name: 'Next victim' }).getByText('killing it frees').waitFor();
  return page;
}
