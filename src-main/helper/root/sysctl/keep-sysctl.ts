import { type HelperValue, type Written } from '#shared/contract/helper.ts';
import { ok, type Result } from '#shared/result.ts';
import { type SysctlChange, type SysctlName } from '#shared/model/sysctl/sysctl.ts';
import { SYSCTL_RANGES } from '#shared/model/sysctl/ranges.ts';
import { editConfig, makeFolder, withConfigFolder } from '../config-file.ts';
import { underLock } from '../register/run-folder.ts';
import { type Tree } from '../tree.ts';
import { valueIn, withLine, withoutLine } from './sysctl-text.ts';

const FOLDER = '/etc/sysctl.d';
const FILE = '90-lifeboat.conf';

/**
 * Keeps a value for the next boot. Of overcommit_ratio and overcommit_kbytes one clears the other, at boot as well: so the other one's
 * line goes, and a 0 is not written, since it would clear what it only follows from.
 */
export function keepSysctl(tree: Tree, { name, value }: SysctlChange): Promise<Result<HelperValue>> {
  const cleared = SYSCTL_RANGES[name].clears;
  return edit(tree, cleared === undefined ? [name] : [name, cleared], (text) => {
    if (cleared === undefined) return withLine(text, name, value);
    return value === 0 ? withoutLine(text, name) : withLine(withoutLine(text, cleared), name, value);
  });
}

/** Drops the lines of one setting. The value that is in force stays until the next boot. */
export function forgetSysctl(tree: Tree, name: SysctlName): Promise<Result<HelperValue>> {
  return edit(tree, [name], (text) => withoutLine(text, name));
}

async function edit(
  tree: Tree,
  names: readonly SysctlName[],
  change: (text: string) => string,
): Promise<Result<HelperValue>> {
  const made = withConfigFolder(`${tree.root}/etc`, (etc) => makeFolder(etc, 'sysctl.d'));
  if (!made.ok) return made;
  // Another helper may be at the same file: each would write what it has read, without the other's line.
  return underLock(tree, () => editAlone(tree, names, change));
}

function editAlone(
  tree: Tree,
  names: readonly SysctlName[],
  change: (text: string) => string,
): Result<HelperValue> {
  return withConfigFolder(`${tree.root}${FOLDER}`, (folder) => {
    const edited = editConfig(folder, FILE, (text) => ok(change(text)));
    if (!edited.ok) return edited;
    const { before, after } = edited.value;
    return ok({ written: names.map((name) => lineWritten(name, before, after)) });
  });
}

/** The first name is what was asked for; the other one's line may have gone with it. */
function lineWritten(name: SysctlName, before: string, after: string): Written {
  const [was = '', is = ''] = [before, after].map((text) => valueIn(text, name));
  return { subject: `${FOLDER}/${FILE} ${name}`, before: was, asked: is, after: is };
}
