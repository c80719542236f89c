import { chmodSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '#shared/model/settings.ts';
import { fail } from '#shared/result.ts';
import { wordsFor } from '#shared/words/index.ts';
import { readRules } from '../../../../src-main/engine/rules/rules-file.ts';
import { Journal } from '../../../../src-main/store/journal.ts';
import { SettingsFile } from '../../../../src-main/store/settings-file.ts';
import { temporaryDir } from '../../../helpers/web-client.ts';

/** Files as version 0.1.0 wrote them. */
const FIXTURES = fileURLToPath(new URL('../../../fixtures/version-0.1.0/', import.meta.url));

function copyOf(name: string): string {
  const folder = temporaryDir();
  copyFileSync(join(FIXTURES, name), join(folder, name));
  chmodSync(join(folder, name), 0o600);
  return folder;
}

describe('files of version 0.1.0', () => {
  it('the journal is read with its sentences, and goes on with facts', () => {
    const opened = Journal.open({ folder: copyOf('journal.db'), nowMs: () => 2e12, bootId: 'boot-of-0.1.0' });
    if (!opened.ok) throw new Error(opened.error.code);
    const { journal, setAside } = opened.value;
    expect(setAside).toBeUndefined();
    const pages = journal.page({ limit: 10 });
    const { journalLine } = wordsFor('en').changes;
    expect(pages.ok && pages.value.map((entry) => journalLine(entry).state)).toEqual([
      expect.stringContaining('It was not confirmed in time.'),
      expect.stringContaining('rule 1: name = "cron"'),
      expect.stringContaining('Process 4711 has ended; another one has its number now.'),
    ]);
    const why = fail('process-gone', { what: 'process', pid: 12 }).error;
    expect(journal.update([2], { state: 'undone', why })).toMatchObject({
      ok: true,
      value: [{ state: 'undone', why }],
    });
    journal.close();
  });

  it('the settings are in force', () => {
    const file = new SettingsFile({ folder: copyOf('settings.json'), nowMs: () => 0 });
    expect(file.trouble).toBeUndefined();
    expect(file.settings).toEqual({
      ...DEFAULT_SETTINGS,
      intervalMs: 500,
      thresholds: { ...DEFAULT_SETTINGS.thresholds, availablePercent: 15 },
      theme: 'dark',
      notifications: { ...DEFAULT_SETTINGS.notifications, kill: false },
      protectItself: true,
    });
  });

  it('the rules count', () => {
    const read = readRules(join(copyOf('rules.toml'), 'rules.toml'));
    expect(read.ok && read.value.rules.map(({ oomScoreAdj }) => oomScoreAdj)).toEqual([300, -500]);
  });
});
