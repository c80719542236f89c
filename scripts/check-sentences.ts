import { globSync, readFileSync } from 'node:fs';
import { parse } from 'svelte/compiler';
import ts from 'typescript';

/**
 * Finds sentences outside of shared/words: texts of four words or more in the sources and components. Left out are the command's own usage table
 * (what is handed to commander), messages of bugs (what is thrown), SQL, and import paths.
 */

/** Texts that are no sentences of Lifeboat's, or that a program without shared/words says, by file and reason. */
const ALLOWED: Readonly<Record<string, string>> = {
  'shared/format/terminal-command.ts': 'commands for a shell',
  'shared/format/drop-in.ts': 'the head of a drop-in',
  'shared/kernel/sysctl/way-out.ts': 'commands for a shell',
  'src-main/helper/client/program.ts': 'a command for a shell',
  'src-main/engine/change/cgroup/owner.ts': 'commands for a shell',
  'src-main/engine/doctor/doctor.ts': 'a figure with its unit',
  'src-renderer/shell/shortcuts.svelte.ts': 'a selector',
  'shared/kernel/oom-report/anchor.ts': 'what the kernel prints',
  'shared/kernel/oom-report/draft.ts': 'what the kernel prints',
  'shared/kernel/oom-report/first-look.ts': 'what the kernel prints',
  'shared/wsl/keys.ts': 'names of keys',
  'shared/names/unit-app.ts': 'names of launchers',
  'src-main/transport/web-icons.ts': 'a policy of the web',
  'src-main/wsl/settings-file.ts': 'a script for a shell',
  'src-main/wsl/windows-files.ts': 'a script for a shell',
  'src-main/wsl/ask-windows.ts': 'scripts for two shells',
  'shared/killers/oomd-dump.ts': 'what oomctl prints',
  'src-main/desktop/autostart.ts': 'a desktop entry',
  'src-main/engine/rules/edit-rules.ts': 'the head of rules.toml',
  'src-main/helper/root/main.ts': 'the helper is on its own',
  'src-main/helper/root/sysctl/sysctl-text.ts': 'the head of 90-lifeboat.conf',
  'src-main/helper/root/unit/unit-adj.ts': 'the head of a drop-in; the helper is on its own',
};
const USAGE = new Set([
  'argument',
  'description',
  'option',
  'requiredOption',
  'summary',
  'helpOption',
  'version',
  'sub',
  'Option',
]);
/** Bugs throw: what they say is for the person who mends them. */
const BUG = /^(?:Type|Range)?Error$/;
const LEAST_WORDS = 4;

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' \u0000 ');
}

/** Four words of letters one after the other, as sentences have them and SQL, selectors and commands have not. */
function isSentence(text: string): boolean {
  if (/\b(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|PRAGMA)\b/.test(text)) return false;
  const words = text.split(/\s+/).filter((word) => /^["'(]?[A-Za-z’'-]{1,}[.,:;?!)"']*$/.test(word));
  return words.length >= LEAST_WORDS;
}

function isUsageOrBug(node: ts.Node): boolean {
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent as ts.Node | undefined) {
    if (!ts.isCallExpression(at) && !ts.isNewExpression(at)) continue;
    const callee = at.expression;
    const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
    if (USAGE.has(name) || BUG.test(name)) return true;
  }
  return false;
}

function inScript(path: string): string[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    const text = textOf(node);
    if (text !== undefined && isSentence(text) && !isUsageOrBug(node)) found.push(text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Texts, attributes and strings of a component, wherever they stand in its tree. */
function inComponent(path: string): string[] {
  const found: string[] = [];
  const visit = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return;
    const { type, data, value } = node as { type?: unknown; data?: unknown; value?: unknown };
    const text = type === 'Text' ? data : type === 'Literal' ? value : undefined;
    if (typeof text === 'string' && isSentence(text)) found.push(text);
    if (type === 'TemplateElement') visit({ type: 'Literal', value: (value as { cooked: string }).cooked });
    for (const [key, child] of Object.entries(node)) if (key !== 'css') visit(child);
  };
  visit(parse(readFileSync(path, 'utf8'), { modern: true }));
  return found;
}

const scripts = globSync(['shared/**/*.ts', 'src-main/**/*.ts', 'src-renderer/**/*.ts']);
const sentences = [
  ...scripts
    .filter((path) => !path.startsWith('shared/words/'))
    .map((path) => ({ path, texts: inScript(path) })),
  ...globSync('src-renderer/**/*.svelte').map((path) => ({ path, texts: inComponent(path) })),
].filter(({ texts }) => texts.length > 0);
for (const { path, texts } of sentences) {
  if (path in ALLOWED) continue;
  for (const text of texts) process.stderr.write(`${path}: move to shared/words: ${JSON.stringify(text)}\n`);
  process.exitCode = 1;
}
for (const path of Object.keys(ALLOWED)) {
  if (sentences.some((found) => found.path === path)) continue;
  process.stderr.write(`${path}: needs no exception any more\n`);
  process.exitCode = 1;
}
