import { unitText } from '#shared/format/unit-name.ts';
import { safeText } from '#shared/format/safe-text.ts';
import { type ProcessFacts } from '#shared/model/process.ts';

/** Container ids are 64 hexadecimal digits; people know the first twelve. */
const ID = /\b([0-9a-f]{12})[0-9a-f]{20,}\b/g;

/** The container that a process lives in, else its unit, short enough for a tag. */
export function homeOf({ container, unit }: ProcessFacts): string | undefined {
  const home = container ?? (unit === undefined ? undefined : unitText(unit));
  return home === undefined
    ? undefined
    : safeText(home)
        .replace(ID, '$1')
        .replace(/^(?!user:|system:)(\w+):/, '$1: ');
}
