import { describe, expect, it } from 'vitest';
import { whyNotStart } from '../../../../src-main/desktop/start-checks.ts';

describe('whyNotStart', () => {
  it('refuses root, and says what to do instead', () => {
    expect(whyNotStart(0)).toMatch(/^Start the window as yourself, not as root/);
  });

  it.for([1000, 65534, undefined])('has nothing against uid %s', (uid) => {
    expect(whyNotStart(uid)).toBeUndefined();
  });
});
