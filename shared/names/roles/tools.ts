import { basename, clean } from '../clean.ts';
import { optionValue, type Role, type RoleQuestion } from './role.ts';

const SOURCE = /\.(?:c|cc|cpp|cxx|c\+\+|C|m|mm|i|ii|s|S|f|f90|f95|d|go|rs|java|kt|swift|cu|ts|tsx)$/;
const COMPILERS =
  /^(?:cc1|cc1plus|cc1obj|f951|gnat1|d21|go1|lto1|as|cc|c\+\+|gcc|g\+\+|clang|clang\+\+|rustc|javac|kotlinc|swift-frontend|nvcc|cicc|ptxas|compile|asm|tsc|ghc|ocamlopt|zig|nasm|[\w.-]+-linux-gnu-(?:gcc|g\+\+|cpp)(?:-\d+)?|(?:gcc|g\+\+|clang|clang\+\+)-\d+)$/;
const LINKERS =
  /^(?:ld|ld\.(?:bfd|gold|lld)|lld|gold|mold|collect2|wild|link|[\w.-]+-linux-gnu-ld(?:\.\w+)?)$/;
const BUILD_TOOLS =
  /^(?:make|gmake|ninja|ninja-build|samu|cmake|ctest|cargo|npm|pnpm|yarn|meson|bazel|go|dpkg-buildpackage|rpmbuild|scons|xmake|just|bear|ccache|sccache|buck2?|dune|stack|cabal)$/;
const LANGUAGE_SERVERS =
  /^(?:rust-analyzer|clangd(?:-\d+)?|gopls|pylsp|pyright-langserver|lua-language-server|jdtls|zls|hls|haskell-language-server(?:-wrapper)?|texlab|marksman|bash-language-server|typescript-language-server|tsserver|eslintServer|ccls|metals|omnisharp|OmniSharp|solargraph|ruby-lsp|ruff-lsp|intelephense|yaml-language-server|vscode-json-language-server)$/;

/** Compilers, linkers, build tools and language servers. */
export function toolRole(question: RoleQuestion): Role | undefined {
  const { isSure, words } = question;
  // Debian's name of a compiler has what it compiles for, and its version.
  const program = question.program.replace(/^[\w]+-linux-gnu-/, '').replace(/-\d+(?:\.\d+)*$/, '');
  if (!isSure) return undefined;
  if (LANGUAGE_SERVERS.test(program))
    return {
      kind: 'language server',
      name: program,
      text: 'code analysis',
      inApp: 'code analysis',
      loss: 'language-server',
      isOwnProgram: true,
    };
  if (LINKERS.test(program)) {
    const output = clean(basename(valueAfter(words, '-o') ?? optionValue(words, '--output') ?? ''));
    return {
      kind: 'linker',
      name: program,
      text: output === '' ? 'linking' : `linking ${output}`,
      loss: 'build-step',
    };
  }
  if (COMPILERS.test(program)) {
    const source = clean(sourceOf(program, words) ?? '');
    return {
      kind: 'compiler',
      name: program,
      text: source === '' ? 'compiling' : `compiling ${source}`,
      loss: 'build-step',
    };
  }
  return BUILD_TOOLS.test(program) ? { kind: 'build', name: program, loss: 'build' } : undefined;
}

/** What is compiled: the name of a source file, a crate, or a package. */
function sourceOf(program: string, words: readonly string[]): string | undefined {
  const named =
    valueAfter(words, '-dumpbase') ??
    valueAfter(words, '-main-file-name') ??
    (program === 'rustc'
      ? (valueAfter(words, '--crate-name') ?? optionValue(words, '--crate-name'))
      : undefined);
  if (named !== undefined && named !== '' && !named.startsWith('-')) return basename(named);
  if (program === 'compile' || program === 'asm') return basename(valueAfter(words, '-p') ?? '');
  const isValue = (at: number): boolean =>
    /^-(?:o|I|D|U|include|isystem|iquote|MF|MT|MQ|x|L|F)$/.test(words[at - 1] ?? '');
  return words
    .slice(1)
    .find((word, index) => !word.startsWith('-') && SOURCE.test(word) && !isValue(index + 1))
    ?.replace(/^.*\//, '');
}

function valueAfter(words: readonly string[], option: string): string | undefined {
  const at = words.indexOf(option);
  return at < 1 ? undefined : words[at + 1];
}
