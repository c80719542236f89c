import { ok, type Result } from '#shared/result.ts';
import { type SettingsPatch, type SettingsState } from '#shared/contract/settings.ts';
import { type World } from '../world.ts';

/** The settings in force, and whether they can be changed from here. */
export function readSettings({ settings }: Pick<World, 'settings'>): Result<SettingsState> {
  return ok(settings.state());
}

/** Changes what is named in the patch, and writes it down. */
export function changeSettings(
  { settings }: Pick<World, 'settings'>,
  patch: SettingsPatch,
): Result<SettingsState> {
  return settings.change(patch);
}
