import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * One build makes all parts: `main` (ES modules with everything bundled: the `lifeboat` command for Node, the desktop program for Electron, and
 * what they share), `preload` (one CommonJS file, since a sandboxed preload can load nothing else), `helper` (the root helper: one
 * CommonJS file, left readable, for any Node from 20 on) and `client` (the page). `vite build --app` builds them in that order.
 */
export default defineConfig({
  root: at('src-renderer'),
  base: './',
  plugins: [svelte({ configFile: at('svelte.config.js') })],
  builder: {
    async buildApp(builder) {
      for (const name of ['main', 'preload', 'helper', 'client']) {
        const environment = builder.environments[name];
        if (environment === undefined) throw new Error(`no build environment called ${name}`);
        await builder.build(environment);
      }
    },
  },
  environments: {
    main: {
      consumer: 'server',
      resolve: { noExternal: true },
      build: {
        ssr: true,
        target: 'node24.18',
        outDir: at('out/main'),
        emptyOutDir: true,
        rolldownOptions: {
          input: {
            lifeboat: at('src-main/cli/main.ts'),
            desktop: at('src-main/desktop/main.ts'),
            identity: at('src-main/identity.ts'),
          },
          external: ['electron', /^node:/, ...builtinModules],
          output: {
            format: 'es',
            entryFileNames: '[name].js',
            chunkFileNames: '[name].js',
            // A seventh of it is documentation, which is read in the sources; names and lines stay for those who report what it threw.
            comments: { legal: true, jsdoc: false, annotation: false },
            codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] },
          },
        },
      },
    },
    preload: {
      consumer: 'server',
      resolve: { noExternal: true },
      build: {
        ssr: true,
        target: 'chrome156',
        outDir: at('out/preload'),
        emptyOutDir: true,
        rolldownOptions: {
          input: { preload: at('src-main/desktop/preload.ts') },
          external: ['electron'],
          output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
        },
      },
    },
    helper: {
      consumer: 'server',
      resolve: { noExternal: true },
      build: {
        ssr: true,
        target: 'node20.19',
        outDir: at('out/helper'),
        emptyOutDir: true,
        minify: false,
        rolldownOptions: {
          input: { helper: at('src-main/helper/root/main.ts') },
          // Comments stay for those who read it; paths of files that do not come with it would help no reader.
          experimental: { attachDebugInfo: 'none' },
          external: [/^node:/],
          output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
        },
      },
    },
    client: {
      build: {
        target: 'chrome156',
        outDir: at('out/renderer'),
        emptyOutDir: true,
        modulePreload: { polyfill: false },
      },
    },
  },
});
