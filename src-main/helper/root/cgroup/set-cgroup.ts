import { closeSync } from 'node:fs';
import { type HelperRequest } from '#shared/contract/helper.ts';
import { type CgroupFile } from '#shared/model/cgroup-change.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import {
  attempt,
  inside,
  type Meanings,
  openFolder,
  readStart,
  wholeNumber,
  withControlFile,
} from '../files.ts';
import { findMemoryHierarchy } from './memory-hierarchy.ts';
import { type UndoWrite } from '../guard.ts';
import { type Applied, type Plan, type Restored } from '../pending.ts';
import { type Tree } from '../tree.ts';

type SetCgroup = Extract<HelperRequest, { verb: 'set-cgroup' }>;

/** Which version of cgroups has a file, and where what is in use stands when the file is a limit that kills. */
const FILES: Readonly<Record<CgroupFile, { readonly version: 1 | 2; readonly usage?: string }>> = {
  'memory.max': { version: 2, usage: 'memory.current' },
  'memory.high': { version: 2 },
  'memory.min': { version: 2 },
  'memory.low': { version: 2 },
  'memory.oom.group': { version: 2 },
  'memory.limit_in_bytes': { version: 1, usage: 'memory.usage_in_bytes' },
  'memory.soft_limit_in_bytes': { version: 1 },
  'memory.memsw.limit_in_bytes': { version: 1, usage: 'memory.memsw.usage_in_bytes' },
};

/** Page sizes of Linux. It keeps limits in pages, so that a value reads back less by up to a page. */
const PAGE_SIZES = [4096, 16_384, 65_536];
const LARGEST_PAGE = 65_536;
/** v1 prints PAGE_COUNTER_MAX pages for "no limit"; nobody has half of that. */
const V1_UNLIMITED = 2 ** 62;

const ON_WRITE: Meanings = {
  EBUSY: (subject, errno) => fail('would-kill', { what: 'kernel', subject, errno }),
  EINVAL: (subject, errno) => fail('out-of-range', { what: 'kernel', subject, errno }),
};

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
      return ok({
        subjects: [`${path} ${file}`],
        undo: undoWrites(`${mountPoint}/${path}/${file}`, value, before),
        apply: () => apply(mountPoint, request, before),
      });
    }),
  );
}

function apply(mountPoint: string, request: SetCgroup, before: string): Result<Applied> {
  const { path, file, value, mayKill } = request;
  const { version, usage } = FILES[file];
  const subject = `${path} ${file}`;
  return withCgroup(mountPoint, path, (folder) =>
    withControlFile(inside(folder, file), (control) => {
      if (control.read() !== before) return fail('changed-meanwhile', { what: 'race', subject });
      if (usage !== undefined && value !== 'max' && mayKill !== true) {
        const used = wholeNumber(readStart(inside(folder, usage)).trim());
        if (used === undefined || used > value) return fail('would-kill', { what: 'usage', usedBytes: used });
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
        restore: () => restore(mountPoint, request, before, after),
      });
    }),
  );
}

/** The kernel rounds down to whole pages, and which size it has is not told to us: each way it may read back. */
function undoWrites(path: string, value: number | 'max', before: string): readonly UndoWrite[] {
  if (value === 'max') return [{ path, ours: 'max', before }];
  const rounded = PAGE_SIZES.map((page) => String(value - (value % page)));
  return [...new Set([String(value), ...rounded])].map((ours) => ({ path, ours, before }));
}

/** Puts the value of before back, unless somebody has set another one since. A cgroup that is gone needs nothing. */
function restore(mountPoint: string, { path, file }: SetCgroup, before: string, ours: string): Restored {
  const restored = withCgroup(mountPoint, path, (folder) =>
    withControlFile(inside(folder, file), (control) => {
      const now = control.read();
      if (now === ours) control.write(before);
      return ok([{ subject: `${path} ${file}`, before: now, asked: before, after: control.read() }]);
    }),
  );
  if (restored.ok) return { complete: true, written: restored.value };
  return { complete: restored.error.code === 'not-found', written: [] };
}

/** Opens a cgroup part by part, each through the handle of the one above: no link and no `..` can lead out of the hierarchy. */
function withCgroup<T>(mountPoint: string, path: string, work: (folder: number) => Result<T>): Result<T> {
  return attempt(`The cgroup ${path}`, () => {
    let folder = openFolder(mountPoint);
    try {
      for (const part of path.split('/')) {
        const next = openFolder(inside(folder, part));
        closeSync(folder);
        folder = next;
      }
      return work(folder);
    } finally {
      closeSync(folder);
    }
  });
}

function isSame(value: number | 'max', after: string): boolean {
  const bytes = wholeNumber(after);
  if (value === 'max') return after === 'max' || (bytes ?? 0) >= V1_UNLIMITED;
  return bytes !== undefined && bytes <= value && value - bytes < LARGEST_PAGE;
}
