import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { unsupported } from './emitter.ts';

type PathName = Parameters<Electron.App['getPath']>[0];

/** Where Electron says that things are on Linux, until the program says otherwise. */
export class AppPaths {
  readonly #own = new Map<string, string>();
  readonly #name: () => string;

  constructor(name: () => string) {
    this.#name = name;
  }

  get(name: PathName): string {
    const own = this.#own.get(name);
    if (own !== undefined) return own;
    switch (name) {
      case 'home':
        return homedir();
      case 'temp':
        return tmpdir();
      case 'exe':
        return process.execPath;
      case 'appData':
        return process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config');
      case 'userData':
        return join(this.get('appData'), this.#name());
      case 'sessionData':
        return this.get('userData');
      case 'logs':
        return join(this.get('userData'), 'logs');
      default:
        throw unsupported(`the path "${name}"`);
    }
  }

  set(name: string, path: string): void {
    this.#own.set(name, path);
  }
}
