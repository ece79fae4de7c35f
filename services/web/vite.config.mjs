import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';

/** Every page that lies beside this file's root is built. */
const pages = {
  name: 'pages',
  config: ({ root = '.' }) => {
    const input = readdirSync(root).filter((file) => file.endsWith('.html'));
    return { build: { rollupOptions: { input: input.map((file) => join(root, file)) } } };
  },
};

export default defineConfig({
  plugins: [pages],
  resolve: { conditions: ['@gts/source', 'module', 'browser', 'default'] },
  worker: { format: 'es' },
  // Files stay files: the content security policy fetches no data: address.
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
