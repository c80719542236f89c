import { describe, expect, it } from 'vitest';
import { address, Navigation, VIEWS } from '../../../../src-renderer/shell/navigation.svelte.ts';

function at(hash: string): { readonly navigation: Navigation; readonly location: { hash: string } } {
  const location = { hash };
  return { navigation: new Navigation({ location } as unknown as Window), location };
}

describe('Navigation', () => {
  it.each(VIEWS)('finds %s in the address', (view) => {
    expect(at(address(view)).navigation.view).toBe(view);
  });

  it.each(['', '#', '#/nowhere', '#token=ab', '#/constructor'])(
    'begins with the first view at %j',
    (hash) => {
      expect(at(hash).navigation.view).toBe('next');
    },
  );

  it('writes where it goes, and reads it when the address changes', () => {
    const { navigation, location } = at('');
    navigation.go('doctor');
    expect(location.hash).toBe('#/doctor');
    navigation.read();
    expect(navigation.view).toBe('doctor');
    location.hash = '';
    navigation.go('doctor');
    expect(location.hash).toBe('');
  });
});
