import { basename, clean } from '../clean.ts';
import { type LossKind } from '../loss-kind.ts';
import { optionValue, type Role, type RoleQuestion } from './role.ts';

const BROWSERS =
  /^(?:chrome|chromium|chromium-browser|google-chrome(?:-\w+)?|brave|brave-browser|msedge|microsoft-edge(?:-\w+)?|vivaldi(?:-\w+)?|opera|thorium|ungoogled-chromium)$/;
const EDITORS = /^(?:code|code-oss|code-insiders|codium|vscodium|cursor|windsurf)$/;
const SHELLS = /^-?(?:sh|bash|dash|zsh|fish|nu|pwsh|tcsh|ksh)$/;

const TYPES: Readonly<Record<string, readonly [kind: string, text: string, loss: LossKind]>> = {
  renderer: ['page', 'page', 'page'],
  'gpu-process': ['graphics', 'graphics', 'graphics'],
  zygote: ['starter', 'starter', 'starter'],
  broker: ['helper', 'helper', 'helper'],
  ppapi: ['plug-in', 'plug-in', 'helper'],
  'crashpad-handler': ['crash reporter', 'crash reporter', 'helper'],
};

/** By the interface's name without `.mojom…`: content/public/browser/service_process_host.h names each utility by its interface. */
const UTILITIES: Readonly<Record<string, readonly [role: string, loss: LossKind]>> = {
  network: ['network', 'network'],
  storage: ['storage', 'network'],
  audio: ['sound', 'network'],
  video_capture: ['camera', 'helper'],
  data_decoder: ['decoder', 'helper'],
  printing: ['printing', 'helper'],
};

/** Chromium, what is built on it (Electron) and VS Code: content/public/common/content_switches.cc, `--type=`. */
export function chromiumRole(question: RoleQuestion): Role | undefined {
  const { program, words, hasParentsProgram, isSure, isInstalled, isElectron, children } = question;
  if (/^(?:chrome_crashpad_handler|chrome_crashpad|nacl_helper)$/.test(program)) {
    const kind = program === 'nacl_helper' ? 'helper' : 'crash reporter';
    return { kind, text: kind, loss: 'helper', isOwnProgram: true };
  }
  const isEditor = EDITORS.test(program);
  const runsNode = words.some((word) => word === '--ms-enable-electron-run-as-node');
  if (runsNode) return scriptRole(words);
  const type = optionValue(words, '--type');
  // Its own word chooses a role only inside of the program that an ancestor runs.
  if (type !== undefined && hasParentsProgram) return typeRole(type, question, isEditor);
  const startsItself = children.some((child) => child.argv.some((word) => word.includes('--type=zygote')));
  const isKnown = isInstalled && (BROWSERS.test(program) || isEditor);
  if (!isSure || !(isKnown || isElectron || startsItself)) return undefined;
  return { kind: 'main', loss: isEditor ? 'editor' : 'all-windows' };
}

function typeRole(type: string, question: RoleQuestion, isEditor: boolean): Role {
  const { words } = question;
  if (isEditor && type in EDITOR_TYPES) return editorRole(EDITOR_TYPES[type] ?? 'extensions');
  if (type === 'renderer' && words.includes('--extension-process'))
    return { kind: 'extension', text: 'extension', loss: 'extension' };
  if (type === 'renderer' && isEditor) return { kind: 'page', text: 'page', loss: 'editor-page' };
  if (type === 'utility') return utilityRole(question, isEditor);
  const [kind, text, loss] = TYPES[type] ?? ['helper', 'helper', 'helper'];
  return { kind, text, loss };
}

const EDITOR_TYPES: Readonly<Record<string, 'extensions' | 'terminals' | 'file watcher'>> = {
  extensionHost: 'extensions',
  ptyHost: 'terminals',
  fileWatcher: 'file watcher',
};

function editorRole(kind: 'extensions' | 'terminals' | 'file watcher'): Role {
  const loss = {
    extensions: 'editor-extensions',
    terminals: 'editor-terminals',
    'file watcher': 'helper',
  } as const;
  return { kind, text: kind, loss: loss[kind] };
}

function utilityRole({ words, children }: RoleQuestion, isEditor: boolean): Role {
  const named = EDITOR_TYPES[optionValue(words, '--vscode-utility-kind') ?? ''];
  if (named !== undefined) return editorRole(named);
  const sub = optionValue(words, '--utility-sub-type') ?? '';
  if (sub === 'node.mojom.NodeService' && isEditor) {
    // Its command line does not say which one it is: its children do.
    if (children.some(({ comm }) => SHELLS.test(comm))) return editorRole('terminals');
    const runsExtensions =
      optionValue(words, '--inspect-port') !== undefined ||
      children.some(({ argv }) => argv.includes('--ms-enable-electron-run-as-node'));
    if (runsExtensions) return editorRole('extensions');
  }
  const [role, loss] =
    UTILITIES[sub.slice(0, Math.max(0, sub.indexOf('.mojom.')))] ?? (['helper', 'helper'] as const);
  return { kind: role, text: role, loss };
}

/** A program in JavaScript that VS Code runs in a process of its own. */
function scriptRole(words: readonly string[]): Role {
  const server = words.find((word) => /^--type=(?:extensionHost|ptyHost|fileWatcher)$/.test(word));
  const type = EDITOR_TYPES[server?.slice('--type='.length) ?? ''];
  if (type !== undefined) return editorRole(type);
  const script = clean(
    basename(words.find((word) => !word.startsWith('-') && /\.[cm]?js$/.test(word)) ?? ''),
  );
  if (script === 'tsserver.js') return languageServer('TypeScript server');
  if (script === 'eslintServer.js') return languageServer(script);
  return script === ''
    ? { kind: 'helper', text: 'helper', loss: 'helper' }
    : { kind: 'script', text: script, loss: 'helper' };
}

function languageServer(text: string): Role {
  return { kind: 'language server', text, loss: 'language-server' };
}
