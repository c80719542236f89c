import { unitText } from '#shared/format/unit-name.ts';
import { safeText } from '#shared/format/safe-text.ts';
import { containerLabel } from '#shared/kernel/cgroup/names.ts';
import { type ProcessFacts } from '#shared/model/process.ts';

/** The unit of a container has its id of 64 digits in its name; people know the first twelve. */
const ID = /\b([0-9a-f]{12})[0-9a-f]{20,}\b/g;

/** The container that a process lives in, else its unit, short enough for a tag. */
export function homeOf({ container, unit }: ProcessFacts): string | undefined {
  if (container !== undefined) return safeText(containerLabel(container));
  return unit === undefined ? undefined : safeText(unitText(unit)).replace(ID, '$1');
}
