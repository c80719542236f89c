import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';

/**
 * Counts sentences outside of shared/words: texts of four words or more in the sources. Left out are the command's own usage table (what is
 * handed to commander), messages of bugs (what is thrown), SQL, and import paths. What is allowed stays by file and number: less is written down here, more fails.
 */
const ALLOWED_FILE = new URL('./sentences-allowed.json', import.meta.url);
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
/** Bugs throw: what they say is for whoever mends them. */
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

function isUsage(node: ts.Node): boolean {
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent as ts.Node | undefined) {
    if (!ts.isCallExpression(at) && !ts.isNewExpression(at)) continue;
    const callee = at.expression;
    const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
    if (USAGE.has(name) || BUG.test(name)) return true;
  }
  return false;
}

function sentencesIn(path: string): number {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  let count = 0;
  const visit = (node: ts.Node) => {
    const text = textOf(node);
    if (text !== undefined && isSentence(text) && !isUsage(node)) count += 1;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return count;
}

const found = Object.fromEntries(
  globSync(['shared/**/*.ts', 'src-main/**/*.ts', 'src-renderer/**/*.ts'])
    .filter((path) => !path.startsWith('shared/words/'))
    .toSorted()
    .map((path) => [path, sentencesIn(path)] as const)
    .filter(([, count]) => count > 0),
);
const allowed = JSON.parse(readFileSync(ALLOWED_FILE, 'utf8')) as Readonly<Record<string, number>>;
const over = Object.entries(found).filter(([path, count]) => count > (allowed[path] ?? 0));
for (const [path, count] of over) {
  process.stderr.write(
    `${path}: ${count} sentences, allowed ${allowed[path] ?? 0}. Move them to shared/words.\n`,
  );
}
if (process.argv.includes('--list')) process.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`);
if (over.length > 0) process.exitCode = 1;
