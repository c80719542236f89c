import { basename, clean, folderOf } from '../clean.ts';
import { type NamedTask } from '../facts.ts';
import { type Role, type RoleQuestion } from './role.ts';

/** An interpreter: which option takes a value, which one holds text instead of a script, which one names a module. */
interface Interpreter {
  readonly shown: string;
  readonly programs: RegExp;
  readonly withValue: RegExp;
  readonly isText: RegExp;
  readonly isModule?: RegExp;
  /** Words before the script: `deno run`. */
  readonly verbs?: RegExp;
}

const INTERPRETERS: readonly Interpreter[] = [
  {
    shown: 'Python',
    programs: /^(?:python|pypy)[0-9.]*[a-z]?$/,
    withValue: /^-(?:X|W|Q|-check-hash-based-pycs)$/,
    isText: /^-[A-Za-z]*c$/,
    isModule: /^-[A-Zabd-ln-z]*m$/,
  },
  {
    shown: 'Node',
    programs: /^(?:node|nodejs)$/,
    withValue:
      /^(?:-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--env-file|--title|--icu-data-dir|--openssl-config|--inspect-port)$/,
    isText: /^(?:-e|--eval|-p|--print|-pe)$/,
  },
  {
    shown: 'Bun',
    programs: /^bun$/,
    withValue: /^(?:-r|--preload|--cwd|-c|--config)$/,
    isText: /^(?:-e|--eval|-p|--print)$/,
    verbs: /^(?:run|x)$/,
  },
  {
    shown: 'Deno',
    programs: /^deno$/,
    withValue: /^(?:-c|--config|--import-map|--lock|--location|-L)$/,
    isText: /^eval$/,
    verbs: /^(?:run|task|serve|test)$/,
  },
  { shown: 'Ruby', programs: /^ruby[0-9.]*$/, withValue: /^(?:-r|-I|-C|-E)$/, isText: /^-e$/ },
  { shown: 'Perl', programs: /^perl[0-9.]*$/, withValue: /^-(?:I|M)$/, isText: /^-[A-Za-z0-9]*[eE]$/ },
  { shown: 'PHP', programs: /^php[0-9.]*$/, withValue: /^(?:-d|-c|-z|-t|-S)$/, isText: /^-[rBRE]$/ },
  { shown: 'Lua', programs: /^(?:lua|luajit)[0-9.]*$/, withValue: /^-l$/, isText: /^-e$/ },
  { shown: 'R', programs: /^(?:R|Rscript)$/, withValue: /^-f$/, isText: /^-e$/ },
];

/** What an interpreter runs: a script or a module, or text of the command line, which is never shown. */
export function startedScript(
  words: readonly string[],
  { withValue, isText, isModule, verbs }: Pick<Interpreter, 'withValue' | 'isText' | 'isModule' | 'verbs'>,
): { readonly script?: string; readonly module?: string; readonly isText?: true } {
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') return scriptIn(words[at + 1]);
    if (isText.test(word)) return { isText: true };
    if (isModule?.test(word) === true) {
      const module = words[at + 1];
      return module === undefined ? {} : { module };
    }
    if (withValue.test(word)) at++;
    else if (word === '-' || (verbs?.test(word) === true && at === 1)) continue;
    else if (!word.startsWith('-')) return scriptIn(word);
  }
  return {};
}

function scriptIn(word: string | undefined): { readonly script?: string } {
  return word === undefined || word === '' ? {} : { script: word };
}

/** The name of a script: its file; of `__main__.py` and the like its folder. */
export function scriptName(path: string): string {
  const name = basename(path);
  if (/^(?:__main__\.py|__init__\.py)$/.test(name)) return clean(basename(folderOf(path)) || name);
  const packageName = /\/node_modules\/\.bin\/([^/]+)$/.exec(path)?.[1];
  return clean(packageName ?? name);
}

/** The interpreter that a program is. */
function interpreterOf(program: string): Interpreter | undefined {
  return INTERPRETERS.find(({ programs }) => programs.test(program));
}

/** Programs in Python, JavaScript, Ruby and other languages, by their script. */
export function scriptRole(question: RoleQuestion): Role | undefined {
  const { program, words, title, task, isSure } = question;
  const interpreter = isSure ? interpreterOf(program) : undefined;
  if (interpreter === undefined) return undefined;
  const { shown } = interpreter;
  const known =
    knownTitle(title, words) ?? (shown === 'Python' ? pythonRole(question, interpreter) : undefined);
  if (known !== undefined) return known;
  const { script, module, isText } = startedScript(words, interpreter);
  if (isText === true) return { kind: 'script', name: 'a command', text: shown, inApp: `${shown} command` };
  const npm = shown === 'Node' ? npmRole(words, script, title) : undefined;
  if (npm !== undefined) return npm;
  const started =
    module === undefined ? (script === undefined ? undefined : scriptName(script)) : clean(module);
  // A title of its own choice is shown as it is, and says nothing more.
  if (started === undefined) return { kind: 'program', name: titleName(task, shown) ?? shown };
  if (started === '') return { kind: 'program', name: shown };
  return { kind: 'script', name: started, text: shown, inApp: started };
}

/** A script that calls itself by its name: comm is set by exec to that of the script. */
function titleName({ comm, argv }: NamedTask, shown: string): string | undefined {
  const isPlain = argv.length > 1 || comm === shown.toLowerCase() || interpreterOf(comm) !== undefined;
  return isPlain ? undefined : clean(comm);
}

/** Servers that write what they are over their arguments. */
function knownTitle(title: string, words: readonly string[]): Role | undefined {
  const puma = /^puma(?:: cluster worker \d+:)? [\d.]+.*?(?:\[([^\]]*)\])?\s*$/.exec(title);
  if (/^puma: cluster worker/.test(title)) return named('puma', puma?.[1], 'worker', 'web-worker');
  if (/^puma [\d.]+/.test(title)) return named('puma', puma?.[1], 'server');
  const sidekiq = /^sidekiq [\d.]+ (\S+)/.exec(title);
  if (sidekiq !== null) return named('sidekiq', sidekiq[1], 'server');
  const gunicorn = /^gunicorn: (master|worker)/.exec(title);
  if (gunicorn !== null) return webServer('gunicorn', gunicorn[1] === 'worker');
  if (/^\[?celeryd?[:\s]/.test(title))
    return { kind: 'worker', name: 'celery', text: 'worker', loss: 'web-worker' };
  const ray = /^ray::/.test(title)
    ? ({ kind: 'worker', name: 'Ray task', loss: 'script-worker', about: 'Ray' } as const)
    : undefined;
  if (ray !== undefined) return ray;
  if (/^VLLM::/.test(title)) return { kind: 'server', name: 'vLLM engine' };
  const next = /^next-server(?: \(v[\d.]+\))?/.exec(title)?.[0];
  if (next !== undefined && words.length < 3)
    return { kind: 'server', name: 'next-server', text: 'Node', inApp: 'next-server' };
  return undefined;
}

function named(program: string, about: string | undefined, kind: string, loss?: 'web-worker'): Role {
  const text = clean(about ?? '');
  return { kind, name: program, ...(text === '' ? {} : { text }), ...(loss === undefined ? {} : { loss }) };
}

function webServer(name: string, isWorker: boolean): Role {
  return isWorker
    ? { kind: 'worker', name, text: 'web worker', loss: 'web-worker' }
    : { kind: 'server', name, text: 'web server' };
}

/** `npm run X`, `npx X`, `yarn X`. */
function npmRole(words: readonly string[], script: string | undefined, title: string): Role | undefined {
  const program = /^(npm|npx|yarn|pnpm)(?: (.*))?$/s.exec(words.length < 3 ? title : '');
  const cli = /(?:^|\/)(npm|npx|yarn|pnpm)(?:-cli)?(?:\.[cm]?js)?$/.exec(script ?? '')?.[1];
  const name = program?.[1] ?? cli;
  if (name === undefined) return undefined;
  const rest =
    program === null ? words.slice(words.indexOf(script ?? '') + 1) : (program[2] ?? '').split(' ');
  const task = rest[0] === 'run' || rest[0] === 'exec' ? rest[1] : rest[0];
  const shown =
    task === undefined || !/^[\w:.@/-]{1,40}$/.test(task)
      ? name
      : `${name} ${rest[0] === 'run' ? 'run ' : ''}${basename(task)}`;
  return { kind: 'build', name: clean(shown), loss: 'build' };
}

/** What Python's own modules start. */
function pythonRole({ words, ancestors, title }: RoleQuestion, interpreter: Interpreter): Role | undefined {
  const text = words[words.findIndex((word) => interpreter.isText.test(word)) + 1] ?? '';
  const isWorker =
    /^from multiprocessing\.(?:spawn|forkserver) import /.test(text) ||
    words.includes('--multiprocessing-fork');
  const isTracker = /^from multiprocessing\.resource_tracker import /.test(text);
  if (isWorker || isTracker) {
    const script = ancestors
      .map((ancestor) => startedScript(ancestor.argv, interpreter))
      .find(({ script, module }) => script !== undefined || module !== undefined);
    const about =
      script?.script === undefined ? clean(script?.module ?? 'Python') : scriptName(script.script);
    const kind = isTracker ? 'tracker' : 'worker';
    return { kind, name: about, text: kind, loss: 'script-worker', about };
  }
  const { script, module } = startedScript(words, interpreter);
  const started = module ?? basename(script ?? '');
  const inScript = (known: RegExp): boolean => known.test(started);
  if (inScript(/^ipykernel(?:_launcher)?(?:\.py)?$/))
    return { kind: 'notebook', name: 'Jupyter kernel', loss: 'notebook' };
  if (inScript(/^(?:jupyter(?:-lab|-notebook|-server|hub)?|jupyterlab|notebook)$/))
    return { kind: 'server', name: 'Jupyter' };
  if (inScript(/^(?:torchrun|torch\.distributed\.(?:run|launch)|accelerate)$/))
    return training(words, started);
  if (inScript(/^gunicorn$/))
    return webServer('gunicorn', ancestors[0]?.argv.some((word) => basename(word) === 'gunicorn') === true);
  if (inScript(/^(?:uvicorn|hypercorn|daphne|waitress-serve)$/)) return webServer(started, false);
  if (inScript(/^celery$/)) return { kind: 'worker', name: 'celery', text: 'worker', loss: 'web-worker' };
  if (/^vllm/.test(started)) return { kind: 'server', name: 'vLLM' };
  return title.startsWith('raylet') ? { kind: 'server', name: 'Ray' } : undefined;
}

function training(words: readonly string[], launcher: string): Role {
  const script = words.find((word) => word.endsWith('.py') && basename(word) !== launcher);
  return { kind: 'training', name: script === undefined ? launcher : scriptName(script), text: 'training' };
}
