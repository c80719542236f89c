import { type LossKind } from '../loss-kind.ts';
import { type Role, type RoleQuestion } from './role.ts';

const PROGRAMS =
  /^(?:firefox|firefox-esr|firefox-bin|thunderbird|thunderbird-bin|librewolf|zen|zen-bin|waterfox|floorp|icecat|palemoon|seamonkey|firefox\.real)$/;

/** By comm, as Firefox names its processes (dom/ipc/ContentChild.cpp, SetThisProcessName); 15 bytes of it. */
const COMMS: readonly (readonly [RegExp, kind: string, text: string, loss: LossKind])[] = [
  [/^WebExtensions$/, 'extensions', 'extensions', 'firefox-extensions'],
  [/^file:\/\/ Content$/, 'page', 'page (local file)', 'firefox-page'],
  [/^Privileged (?:Cont|Mozi)/, 'page', 'own pages', 'firefox-page'],
  [/^Inference$/, 'local AI', 'local AI', 'firefox-helper'],
];

/** By the last argument, which is the type of the process (xpcom/build/GeckoProcessTypes.h). */
const TYPES: Readonly<Record<string, readonly [role: string, loss: LossKind]>> = {
  tab: ['page', 'firefox-page'],
  rdd: ['media decoder', 'firefox-helper'],
  socket: ['network', 'firefox-helper'],
  utility: ['helper', 'firefox-helper'],
  gpu: ['graphics', 'firefox-helper'],
  forkserver: ['starter', 'firefox-helper'],
  gmplugin: ['plug-in', 'firefox-helper'],
  vr: ['helper', 'firefox-helper'],
};

/** Firefox, Thunderbird and what is built on them; WebKitGTK's processes. */
export function firefoxRole({
  task,
  program,
  words,
  isSure,
  isInstalled,
  hasParentsProgram,
}: RoleQuestion): Role | undefined {
  const webkit = WEBKIT[program] ?? (isSure ? undefined : WEBKIT[task.comm]);
  if (webkit !== undefined) {
    const [kind, loss] = webkit;
    return { kind, text: kind, loss, isOwnProgram: true };
  }
  const isContent = words.some((word) => word.split(' ', 1)[0] === '-contentproc');
  if (isContent && (hasParentsProgram || (isSure && PROGRAMS.test(program)))) {
    const type = words.at(-1)?.trim().split(/\s+/).at(-1) ?? '';
    return contentRole(task.comm, type);
  }
  if (!isSure || !isInstalled || !PROGRAMS.test(program)) return undefined;
  return { kind: 'main', loss: 'firefox' };
}

function contentRole(comm: string, type: string): Role {
  for (const [shape, kind, text, loss] of COMMS) if (shape.test(comm)) return { kind, text, loss };
  const [role, loss] = TYPES[type] ?? (['helper', 'firefox-helper'] as const);
  return { kind: role, text: role, loss };
}

const WEBKIT: Readonly<Record<string, readonly [string, LossKind]>> = Object.fromEntries(
  (
    [
      ['WebKitWebProcess', 'page', 'webkit-page'],
      ['WebKitNetworkProcess', 'network', 'helper'],
      ['WebKitGPUProcess', 'graphics', 'helper'],
    ] as const
  ).flatMap(([name, kind, loss]) => [
    [name, [kind, loss]],
    [name.slice(0, 15), [kind, loss]],
  ]),
);
