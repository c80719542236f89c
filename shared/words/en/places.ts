import { nameOfContainer } from '#shared/containers/known-names.ts';
import { formatCount } from '#shared/format/count.ts';
import { safeText, shorten } from '#shared/format/safe-text.ts';
import { containerLabel } from '#shared/kernel/cgroup/names.ts';
import { type Target } from '#shared/model/change.ts';
import { type PlaceMatches } from '#shared/model/rule.ts';
import { nameOf } from './process.ts';
import { unitNoun } from './unit.ts';

/** Pids that are named one by one. */
const NAMED = 3;

/** The name of an application is its own choice. */
const OWNER_LENGTH = 40;

/** A container by as much of its id as people know. */
export function containerNoun(container: string): string {
  return safeText(containerLabel(container));
}

/** The same by its id, which is its own, with its name where that is known: `docker:16c48c5e68ad (shop-db-1)`. */
export function containerById(container: string): string {
  const id = container.slice(container.indexOf(':') + 1);
  const name = nameOfContainer(id);
  const short = container.slice(0, container.length - id.length) + (id.length === 64 ? id.slice(0, 12) : id);
  return safeText(name === undefined ? short : `${short} (${name})`);
}

/** Where processes of one name run: `2 on the host (812, 813), 1 in docker:16c48c5e68ad (4711)`. */
function placesText(places: readonly PlaceMatches[]): string {
  return places
    .map(({ container, pids }) => {
      const where = container === undefined ? 'on the host' : `in ${containerNoun(container)}`;
      const which = pids.length > NAMED ? '' : ` (${pids.join(', ')})`;
      return `${formatCount(pids.length)} ${where}${which}`;
    })
    .join(', ');
}

/** What a person should know before one value goes to several places. */
export function severalPlacesSentence(places: readonly PlaceMatches[]): string {
  return `They run in ${formatCount(places.length)} places: ${placesText(places)}.`;
}

/** What a change is for, and how many processes that is. */
export function targetText(target: Target, count = 1): string {
  const text = targetNoun(target);
  return count > 1 ? `${text} (${formatCount(count)})` : text;
}

function targetNoun(target: Target): string {
  switch (target.kind) {
    case 'process':
      return 'this process only';
    case 'tree':
      return 'this process and its descendants';
    case 'name':
      return `every process named ${nameOf(target)}`;
    case 'unit':
      return `all of ${unitNoun(target.unit)}`;
    case 'container':
      return `all of ${containerNoun(target.container)}`;
    case 'owner':
      return `all of ${shorten(safeText(target.name), OWNER_LENGTH)}`;
  }
}
