import { expect, it } from 'vitest';
import { offer } from '../../../electron-double/faithful.ts';

it('takes what Electron has, and nothing that it has not or has otherwise', () => {
  const part = { getVersion: () => '1.2.3', isReady: () => true };
  expect(offer<Electron.App>()(part)).toBe(part);
  // @ts-expect-error Electron's `app` has no such function.
  offer<Electron.App>()({ getVersions: () => '1.2.3' });
  // @ts-expect-error It answers with a text.
  offer<Electron.App>()({ getVersion: () => 123 });
  // @ts-expect-error It can be called without an argument.
  offer<Electron.App>()({ getVersion: (least: number) => `${least}` });
});
