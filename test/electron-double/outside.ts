import { unsupported } from './emitter.ts';

/** What would leave the program: a test that expects it replaces the function, as it does with the real Electron. */
export const shell = {
  openExternal: (address: string): Promise<void> => outside(`shell.openExternal("${address}")`),
  openPath: (path: string): Promise<string> => outside(`shell.openPath("${path}")`),
  showItemInFolder: (path: string): void => outside(`shell.showItemInFolder("${path}")`),
} satisfies Partial<Electron.Shell>;

/** No person is there to answer: a test replaces what it expects. */
export const dialog = {
  showMessageBox: (): Promise<Electron.MessageBoxReturnValue> => outside('dialog.showMessageBox'),
  showErrorBox: (title: string, content: string): void => {
    process.stderr.write(`${title}\n${content}\n`);
  },
} satisfies Partial<Electron.Dialog>;

function outside(what: string): never {
  throw unsupported(`${what}, which a test has to replace,`);
}
