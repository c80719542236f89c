import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meansUnit, parseUnit, patternText, unitText } from '#shared/format/unit-name.ts';
import { type Unit } from '#shared/model/unit.ts';

const SYSTEM: Unit = { manager: 'system', name: 'dbus.service' };
const ANNA: Unit = { manager: 'user:1000', name: 'dbus.service' };
const BEN: Unit = { manager: 'user:1001', name: 'dbus.service' };

describe('the text of a unit', () => {
  it.each([
    ['dbus.service', [true, false, false]],
    ['system:dbus.service', [true, false, false]],
    ['user:dbus.service', [false, true, true]],
    ['user:1000:dbus.service', [false, true, false]],
    ['dbus', [false, false, false]],
  ] as const)('%s means the units of its manager and no other', (text, means) => {
    expect([SYSTEM, ANNA, BEN].map((unit) => meansUnit(parseUnit(text), unit))).toEqual(means);
    expect(meansUnit(parseUnit(text), undefined)).toBe(false);
  });

  it('is read back as the same unit, whatever its name', () => {
    const manager = fc.oneof(
      fc.constant('system' as const),
      fc.nat().map((uid) => `user:${uid}` as const),
    );
    const name = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('user:a.service', 'system:user:1:x', 'user:7:b.scope'),
    );
    fc.assert(
      fc.property(manager, name, (of, called) => {
        // Of a user, a name of digits and a colon would be taken for a UID; systemd has no such units.
        fc.pre(!/^\d+:/.test(called));
        const unit: Unit = { manager: of, name: called };
        expect(meansUnit(parseUnit(unitText(unit)), unit)).toBe(true);
        expect(patternText(parseUnit(unitText(unit)))).toBe(unitText(unit));
      }),
    );
  });
});
