import { defineConfig } from 'vite';

export default defineConfig({
  resolve: { conditions: ['@gts/source', 'module', 'browser', 'default'] },
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', sourcemap: false, modulePreload: { polyfill: false } },
});
