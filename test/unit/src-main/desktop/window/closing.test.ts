import { expect, it } from 'vitest';
import { whenClosed } from '../../../../../src-main/desktop/window/closing.ts';

it.for([
  { closeToTray: false, hasTray: false, then: 'quit' },
  { closeToTray: false, hasTray: true, then: 'quit' },
  { closeToTray: true, hasTray: false, then: 'quit' },
  { closeToTray: true, hasTray: true, then: 'hide' },
] as const)(
  'a closed window means $then when the user wants the tray: $closeToTray, and there is one: $hasTray',
  ({ closeToTray, hasTray, then }) => {
    expect(whenClosed({ closeToTray }, hasTray)).toBe(then);
  },
);
