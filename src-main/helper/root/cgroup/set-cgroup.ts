import { type HelperRequest } from '#shared/contract/helper.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { attempt, inside, wholeNumber, withControlFile } from '../files.ts';
import { type Applied, type Plan, type UndoCgroup } from '../revert/undo.ts';
import { type Tree } from '../tree.ts';
import { cgroupIdentity, FILES, ON_WRITE, usageIn, withCgroup } from './cgroup-file.ts';
import { findMemoryHierarchy } from './memory-hierarchy.ts';

type SetCgroup = Extract<HelperRequest, { verb: 'set-cgroup' }>;

/** Page sizes of Linux. It keeps limits in pages, so that a value reads back less by up to a page. */
const PAGE_SIZES = [4096, 16_384, 65_536];
const LARGEST_PAGE = 65_536;
/** v1 prints PAGE_COUNTER_MAX pages for "no limit"; no machine has half of that. */
const V1_UNLIMITED = 2 ** 62;
/** LONG_MAX / PAGE_SIZE pages in bytes on 64 bits, LONG_MAX pages of 4 KiB on 32 bits (include/linux/page_counter.h). */
const V1_PRINTED = [
  ...PAGE_SIZES.map((page) => 2n ** 63n - 1n - ((2n ** 63n - 1n) % BigInt(page))),
  (2n ** 31n - 1n) * 4096n,
].map(String);

/** What setting one file of a memory cgroup comes to. */
export function planCgroup(tree: Tree, request: SetCgroup): Result<Plan> {
  const { path, file, value } = request;
  const { version } = FILES[file];
  if (file === 'memory.oom.group' && value !== 0 && value !== 1)
    return fail('out-of-range', { what: 'number', subject: file, lowest: 0, highest: 1 });
  const hierarchy = findMemoryHierarchy(tree);
  if (!hierarchy.ok) return hierarchy;
  if (hierarchy.value.version !== version)
    return fail('not-supported', { what: 'cgroup-file', file, version: hierarchy.value.version });
  const { mountPoint } = hierarchy.value;
  return withCgroup(mountPoint, path, (folder) =>
    withControlFile(inside(folder, file), (control) => {
      const before = control.read();
      const ours = waysToRead(value);
      const undo: UndoCgroup = { kind: 'cgroup', path, ...cgroupIdentity(folder), file, before, ours };
      return ok({
        subjects: [`${path} ${file}`],
        undo,
        apply: () => apply(mountPoint, request, undo),
      });
    }),
  );
}

function apply(mountPoint: string, request: SetCgroup, undo: UndoCgroup): Result<Applied> {
  const { path, file, value, mayKill } = request;
  const { version, usage } = FILES[file];
  const { before } = undo;
  const subject = `${path} ${file}`;
  return withCgroup(mountPoint, path, (folder) =>
    withControlFile(inside(folder, file), (control) => {
      if (control.read() !== before || cgroupIdentity(folder).inode !== undo.inode)
        return fail('changed-meanwhile', { what: 'race', subject });
      if (usage !== undefined && value !== 'max' && mayKill !== true) {
        const usedBytes = usageIn(folder, usage);
        if (usedBytes === undefined || usedBytes > value)
          return fail('would-kill', { what: 'usage', usedBytes });
      }
      const asked = value === 'max' && version === 1 ? '-1' : String(value);
      const wrote = attempt(subject, () => control.write(asked), ON_WRITE);
      if (!wrote.ok) return wrote;
      const after = control.read();
      if (!isSame(value, after)) {
        control.write(before);
        return fail('read-back-differs', { what: 'value', subject, asked: value, after, setBack: true });
      }
      return ok({
        written: [{ subject, before, asked: String(value), after }],
        undo: { ...undo, ours: [after] },
      });
    }),
  );
}

/** The kernel rounds down to whole pages, and prints a number for "no limit" in v1: each way in which a value may read back. */
function waysToRead(value: number | 'max'): readonly string[] {
  if (value === 'max') return ['max', ...V1_PRINTED];
  const rounded = PAGE_SIZES.map((page) => String(value - (value % page)));
  return [...new Set([String(value), ...rounded])];
}

function isSame(value: number | 'max', after: string): boolean {
  const bytes = wholeNumber(after);
  if (value === 'max') return after === 'max' || (bytes ?? 0) >= V1_UNLIMITED;
  return bytes !== undefined && bytes <= value && value - bytes < LARGEST_PAGE;
}
