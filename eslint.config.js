import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** The layers of the program, as import rules: what a folder may not reach. */
const electron = {
  group: ['electron', 'electron/*'],
  message: 'Only src-main/desktop and the Electron transport know Electron.',
};
const nodeBuiltins = { group: ['node:*'], message: 'shared and the renderer run without Node.' };
const main = {
  group: ['**/src-main/**'],
  message: 'Nothing outside src-main, packaging and test imports src-main.',
};
const renderer = { group: ['**/src-renderer/**'], message: 'Nothing imports the renderer.' };
const transports = {
  group: ['**/transport/**', '**/cli/**', '**/desktop/**'],
  message: 'The engine and what is below it know no transport and no command.',
};
const contract = { group: ['**/contract/**'], message: 'The model knows no request.' };
const change = { group: ['**/change/**'], message: 'What is seen knows nothing of what can be changed.' };
const commands = {
  group: ['**/cli/**'],
  message: 'No front end knows another: desktop and transport run no command.',
};
const engine = { group: ['**/engine/**'], message: 'proc and collect are below the engine.' };
const collect = { group: ['**/collect/**'], message: 'proc only reads and parses kernel files.' };
const helperRoot = { group: ['**/helper/root/**'], message: 'Nothing imports the root side of the helper.' };
const helperRootBeside = { ...helperRoot, group: ['../root/**', '**/helper/root/**'] };
/** The root side stands alone. Its version is the only thing that it takes from package.json. */
const allButShared = {
  regex: '^(?!node:|#shared/|\\./([a-z-]+/)?[a-z-]+\\.ts$|\\.\\./\\.\\./\\.\\./package\\.json$)',
  message: 'The root side of the helper imports only node:, #shared and itself.',
};
/** The same for its subfolders, which may also reach the folder above and their siblings. */
const allButSharedBelow = {
  ...allButShared,
  regex: '^(?!node:|#shared/|\\./[a-z-]+\\.ts$|\\.\\./([a-z-]+/)?[a-z-]+\\.ts$)',
};
const layer = (files, ...patterns) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});

export default tseslint.config(
  { ignores: ['node_modules/', 'out/', 'dist/', '.cache/', 'coverage/', 'test/fixtures/'] },
  ...tseslint.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      // Say the noun: these names do not.
      'id-denylist': [
        'error',
        ...['told', 'wish', 'wished', 'somebody', 'nobody', 'everybody', 'whoever', 'whom', 'anew'],
      ],
      'func-style': ['error', 'declaration', { allowArrowFunctions: true }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/prefer-readonly': 'error',
      // A key that is taken out of an object, and what an effect only has to have read.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: {
        projectService: true,
        extraFileExtensions: ['.svelte'],
        parser: tseslint.parser,
        svelteConfig,
      },
    },
    rules: {
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  { files: ['*.js', '**/*.js', '**/*.cjs'], extends: [tseslint.configs.disableTypeChecked] },
  layer(['packaging/**'], electron, renderer, helperRoot),
  layer(['shared/**'], electron, nodeBuiltins, main, renderer),
  layer(['shared/model/**'], electron, nodeBuiltins, main, renderer, contract),
  layer(['src-main/proc/**'], electron, renderer, transports, engine, collect, helperRoot),
  layer(['src-main/names/**'], electron, renderer, transports, engine, helperRoot),
  layer(['src-main/containers/**'], electron, renderer, transports, engine, helperRoot),
  layer(['src-main/collect/**'], electron, renderer, transports, engine, helperRoot),
  layer(['src-main/engine/**'], electron, renderer, transports, helperRoot),
  layer(['src-main/engine/watch/**'], electron, renderer, transports, helperRoot, change),
  layer(['src-main/*.ts', 'src-main/store/**', 'src-main/cli/**'], electron, renderer, helperRoot),
  layer(['src-main/transport/**'], electron, renderer, helperRoot, commands),
  layer(['src-main/desktop/**'], renderer, helperRoot, commands),
  {
    files: ['src-main/cli/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.object.name='JSON'][callee.property.name='stringify']",
          message:
            'JSON for a terminal is made by safeJson(): stringify() lets control characters and reordering marks pass.',
        },
      ],
    },
  },
  {
    files: ['src-main/desktop/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MemberExpression[object.name=/^ipc(Main|Renderer)$/]',
          message: 'Messages go through the transport, which checks who sent them.',
        },
        {
          selector: "CallExpression[callee.property.name='send'][callee.object.name=/[cC]ontents$/]",
          message: 'Messages go through the transport.',
        },
        {
          selector: "CallExpression[callee.property.name='send'][callee.object.property.name='webContents']",
          message: 'Messages go through the transport.',
        },
      ],
    },
  },
  layer(['src-main/transport/electron*.ts'], renderer, helperRoot, commands),
  {
    files: ['test/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "ObjectExpression:has(> Property[key.name='maxLength'][value.value>10]):not(:has(> Property[key.name='size']))",
          message: "fast-check draws no more than ten of anything without size: 'max'.",
        },
      ],
    },
  },
  layer(['src-main/helper/client/**'], electron, renderer, transports, engine, helperRootBeside),
  layer(['src-main/helper/root/*.ts'], allButShared),
  layer(['src-main/helper/root/*/*.ts'], allButSharedBelow),
  layer(['src-renderer/**'], electron, nodeBuiltins, main),
);
