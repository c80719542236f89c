import { basename, clean } from '../clean.ts';
import { type Role, type RoleQuestion } from './role.ts';

/** Windows' own services, which Wine starts beside the program. */
const INFRASTRUCTURE =
  /^(?:wineserver(?:64|32)?|services|explorer|winedevice|plugplay|rpcss|svchost|tabtip|steam|conhost|start|wineboot|winemenubuilder|iexplore|spoolsv|dllhost)(?:\.exe)?$/i;
/** Programs of Steam's that start and watch a game. */
const STEAM_HELPERS =
  /^(?:reaper|srt-bwrap|pv-adverb|pressure-vessel[\w-]*|steam-launch-wrapper|proton|steam-runtime-[\w-]+|_v2-entry-point|run(?:-in-[\w-]+)?|wine|wine64)$/;

/** Programs for Windows, by Wine: the program's name is in comm and in argv0. */
export function wineRole({ program, task, words, isSure }: RoleQuestion): Role | undefined {
  if (!isSure) return undefined;
  if (/^wineserver(?:64|32)?$/.test(program))
    return {
      kind: 'helper',
      name: 'wineserver',
      text: 'Windows service',
      inApp: 'Windows service',
      loss: 'all-windows-programs',
    };
  if (
    !/^wine(?:64|32)?(?:-preloader|-static|64-preloader)?$|^wine(?:64)?-preloader$|^wine64-preloader$/.test(
      program,
    )
  )
    return undefined;
  const argument = words.find((word) => /\.exe$/i.test(word)) ?? '';
  const called = argument.slice(Math.max(argument.lastIndexOf('\\'), argument.lastIndexOf('/')) + 1);
  const name = clean((called === '' ? task.comm : called).replace(/\.exe$/i, ''), task.comm);
  if (INFRASTRUCTURE.test(name))
    return { kind: 'helper', name, text: 'Windows service', inApp: 'Windows service' };
  return { kind: 'program', name, text: 'Windows program', inApp: name, loss: 'windows-program' };
}

/** A process of a game that Steam has started: the game itself, or what watches it. */
export function steamGameRole(question: RoleQuestion): Role {
  const { program, task, words, children } = question;
  const wine = wineRole(question);
  if (wine !== undefined && wine.kind !== 'program') return wine;
  const script = basename(words[1] ?? '');
  const isHelper =
    wine === undefined &&
    (STEAM_HELPERS.test(program) ||
      STEAM_HELPERS.test(task.comm) ||
      (/^python/.test(program) && STEAM_HELPERS.test(script)) ||
      (/^(?:ba|da)?sh$/.test(program) && children.length > 0));
  if (isHelper) return { kind: 'helper', text: 'helper', loss: 'game' };
  return { kind: 'game', text: 'game', loss: 'game' };
}
