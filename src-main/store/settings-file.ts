import { renameSync } from 'node:fs';
import * as v from 'valibot';
import { fail, ok, type Failure, type FailureOf, type Result } from '#shared/result.ts';
import { settingsInFile, type SettingsPatch } from '#shared/contract/settings.ts';
import { safeText, shorten } from '#shared/format/safe-text.ts';
import { DEFAULT_SETTINGS, type Settings } from '#shared/model/settings.ts';
import { readFailure } from '../proc/kernel-files.ts';
import { FileFollower } from './file-follower.ts';
import { readOwnFile } from './own-file.ts';
import { asideName } from './set-aside.ts';
import { writeWhole } from './whole-file.ts';

export const SETTINGS_FILE = 'settings.json';
/** A hundred times what it has to be. */
const MOST_BYTES = 64 * 1024;

export interface SettingsFileOptions {
  /** The configuration folder. */
  readonly folder: string;
  readonly nowMs: () => number;
  /** Hears of settings that are in force from now on, and of what is wrong with the file. */
  readonly onChange?: (settings: Settings, trouble: Failure | undefined) => void;
}

type Json = Readonly<Record<string, unknown>>;
type Found = Result<{ readonly json: Json; readonly settings: Settings }>;

/**
 * The user's settings, in JSON: the page writes them, while people write rules and so in TOML, whose comments no program keeps. Keys of a
 * newer Lifeboat are ignored, and kept when the file is written. A broken file is renamed before another is written in its place; one that
 * breaks while Lifeboat runs is left as it is, and the last good settings stay in force.
 */
export class SettingsFile {
  readonly path: string;
  readonly #options: SettingsFileOptions;
  #settings: Settings = DEFAULT_SETTINGS;
  #trouble: Failure | undefined;
  readonly #follower: FileFollower;

  constructor(options: SettingsFileOptions) {
    this.#options = options;
    this.path = `${options.folder}/${SETTINGS_FILE}`;
    this.#follower = new FileFollower(this.path, () => {
      this.#take();
    });
    const found = this.#read();
    if (found.ok) this.#settings = found.value.settings;
    else if (found.error.code === 'malformed') this.#trouble = this.#setAside(found.error);
    else this.#trouble = found.error;
    this.#follower.markRead();
  }

  get settings(): Settings {
    return this.#settings;
  }

  get trouble(): Failure | undefined {
    return this.#trouble;
  }

  /** Looks again and again whether another Lifeboat has written it, or a person. */
  watch(): void {
    this.#follower.watch();
  }

  close(): void {
    this.#follower.close();
  }

  /** Reads the file if it is not the one that was read last. */
  look(): void {
    this.#follower.look();
  }

  /** Writes what is named in the patch, and nothing else; what another Lifeboat wrote meanwhile stays. */
  change(patch: Omit<SettingsPatch, 'startAtLogin'>): Result<null> {
    const found = this.#read();
    if (!found.ok && found.error.code !== 'malformed') return found;
    const aside = found.ok || found.error.code !== 'malformed' ? undefined : this.#setAside(found.error);
    // Where the file is broken, what is in force is what the person sees, and so what the change adds to.
    const json = merged(found.ok ? found.value.json : { ...this.#settings }, patch);
    const written = writeWhole(this.path, `${JSON.stringify(json, undefined, 2)}\n`, 0o600);
    if (!written.ok) return written;
    this.#follower.markRead();
    this.#settings = v.parse(settingsInFile, json);
    this.#trouble = aside;
    this.#options.onChange?.(this.#settings, this.#trouble);
    return ok(null);
  }

  #take(): void {
    const found = this.#read();
    if (found.ok) this.#settings = found.value.settings;
    this.#trouble = found.ok ? undefined : found.error;
    this.#options.onChange?.(this.#settings, this.#trouble);
  }

  #read(): Found {
    const { path } = this;
    const read = readOwnFile(path, { mostBytes: MOST_BYTES, followLinks: true });
    if (read.ok) return parseSettings(path, read.text);
    const { fault } = read;
    switch (fault.kind) {
      case 'missing':
        return ok({ json: {}, settings: DEFAULT_SETTINGS });
      case 'unsafe':
        return { ok: false, error: fault.failure };
      case 'changeable':
        return fail('malformed', { file: path, fault: 'changeable' });
      case 'no-file':
      case 'too-large':
        return fail('malformed', { file: path, fault: fault.kind });
      case 'unreadable':
        return fail('io-failed', { what: 'read', path, errno: fault.errno });
    }
  }

  #setAside(reason: FailureOf<'malformed'>): Failure {
    const aside = asideName(this.path, this.#options.nowMs());
    try {
      renameSync(this.path, aside);
      return fail('malformed', { ...reason.facts, keptAs: aside }).error;
    } catch (error) {
      readFailure(error, this.path);
      return reason;
    }
  }
}

function parseSettings(path: string, text: string): Found {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return fail('malformed', {
      file: path,
      fault: 'no-json',
      detail: shorten(safeText(error.message), 120),
    });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return fail('malformed', { file: path, fault: 'no-object' });
  const parsed = v.safeParse(settingsInFile, json);
  if (parsed.success) return ok({ json: json as Json, settings: parsed.output });
  const [issue] = parsed.issues;
  return fail('malformed', {
    file: path,
    fault: 'key',
    key: v.getDotPath(issue) ?? undefined,
    expected: issue.expected ?? undefined,
  });
}

/** The patch put into what is there, one level deep, as deep as the settings go. */
function merged(json: Json, patch: object): Json {
  const result: Record<string, unknown> = { ...json };
  for (const [key, value] of Object.entries(patch)) {
    const before = result[key];
    const isNested = typeof value === 'object' && typeof before === 'object' && before !== null;
    result[key] = isNested ? { ...before, ...value } : value;
  }
  return result;
}
