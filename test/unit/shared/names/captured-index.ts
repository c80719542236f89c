import { parseDesktopEntry } from '#shared/names/desktop-entries/entry.ts';
import { DesktopIndex } from '#shared/names/desktop-entries/index.ts';

/** The desktop files of the captured programs, as Debian has them, and where their programs really lie. */
const FILES: readonly (readonly [id: string, program: string, text: string])[] = [
  [
    'chromium',
    '/usr/bin/chromium',
    '[Desktop Entry]\nVersion=1.0\nName=Chromium Web Browser\nExec=/usr/bin/chromium %U\nTerminal=false\nType=Application\nIcon=chromium\n',
  ],
  [
    'firefox-esr',
    '/usr/lib/firefox-esr/firefox-esr',
    '[Desktop Entry]\nName=Firefox ESR\nExec=/usr/lib/firefox-esr/firefox-esr %u\nTerminal=false\nType=Application\nIcon=firefox-esr\nStartupWMClass=firefox-esr\n',
  ],
];

export const CAPTURED_INDEX = new DesktopIndex(
  FILES.flatMap(([id, program, text]) => {
    const entry = parseDesktopEntry(text);
    return entry === undefined ? [] : [{ ...entry, id, program }];
  }),
);
