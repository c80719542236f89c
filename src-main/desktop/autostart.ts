import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { fail, ok, type Result } from '#shared/result.ts';
import { readFailure, readText } from '../proc/kernel-files.ts';
import { configFolder } from '../store/folders.ts';
import { writeWhole } from '../store/whole-file.ts';

const FILE = 'lifeboat.desktop';

/** How Lifeboat was started, as far as it matters for starting it again. */
export interface StartedAs {
  /** $APPIMAGE: the file that people keep; what runs is a mount that is gone after the next boot. */
  readonly appImage?: string | undefined;
  /** Installed or unpacked: the program itself knows where its parts are. */
  readonly isPackaged: boolean;
  readonly execPath: string;
  /** The folder of the checkout. */
  readonly appPath: string;
}

/** The command that starts Lifeboat again, without a window. */
export function startCommand({ appImage, isPackaged, execPath, appPath }: StartedAs): readonly string[] {
  const program =
    appImage !== undefined && appImage.startsWith('/')
      ? [appImage]
      : isPackaged
        ? [execPath]
        : [execPath, appPath];
  return [...program, '--hidden'];
}

/**
 * The entry that starts it at login: Desktop Entry Specification 1.5, Desktop Application Autostart Specification. Arguments are quoted, and
 * what the quoting leaves is escaped again as every string of such a file.
 */
export function autostartEntry(command: readonly string[]): string {
  const quoted = command.map((argument) =>
    /^[A-Za-z0-9_/.:@=+,-]+$/.test(argument)
      ? argument
      : `"${argument.replace(/["`$\\]/g, '\\$&').replaceAll('%', '%%')}"`,
  );
  const exec = quoted.join(' ').replaceAll('\\', '\\\\');
  return `[Desktop Entry]
Type=Application
Name=Lifeboat
Comment=Watches memory in the background
Exec=${exec}
Icon=lifeboat
Terminal=false
X-GNOME-Autostart-enabled=true
`;
}

/** Whether an entry is there and in force: desktops switch one off by `Hidden=true`, GNOME by a key of its own as well. */
function isInForce(text: string): boolean {
  return !/^(?:Hidden\s*=\s*true|X-GNOME-Autostart-enabled\s*=\s*false)\s*$/m.test(text);
}

/** The entry in ~/.config/autostart. It is the setting itself: desktops show and change it as well. */
export class Autostart {
  readonly path: string;
  readonly #text: string;

  constructor(command: readonly string[], configHome = dirname(configFolder())) {
    this.path = `${configHome}/autostart/${FILE}`;
    this.#text = autostartEntry(command);
  }

  get isOn(): boolean {
    const text = this.#read();
    return text !== undefined && isInForce(text);
  }

  set(wanted: boolean): Result<null> {
    if (wanted) return writeWhole(this.path, this.#text);
    try {
      rmSync(this.path, { force: true });
      return ok(null);
    } catch (error) {
      const { errno } = readFailure(error, this.path);
      return fail('io-failed', { what: 'remove', path: this.path, errno });
    }
  }

  /** An entry of another place, as after an AppImage was moved, would start nothing: it is rewritten. */
  refresh(): Result<null> {
    return this.isOn && this.#read() !== this.#text ? this.set(true) : ok(null);
  }

  #read(): string | undefined {
    const read = readText(this.path);
    return read.ok ? read.value : undefined;
  }
}
