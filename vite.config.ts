import react from '@vitejs/plugin-react';
import { configDefaults, defineConfig } from 'vitest/config';
import { fingerprint } from './.ci/sources.mjs';

const OWN_WORLD = ['browser/**/*.test.ts', 'lab/node/**/*.test.ts', 'ui/session/*.test.ts'];

export default defineConfig({
  root: 'src',
  publicDir: '../public',
  cacheDir: '../node_modules/.vite',
  // Relative, so that the built page runs under any path of any host.
  base: './',
  plugins: [react()],
  define: { __BUILD_ID__: JSON.stringify(fingerprint()) },
  worker: { format: 'es' },
  // Packages that only a worker imports are found too late otherwise, and the page reloads.
  optimizeDeps: { include: ['idb', 'sorted-btree'] },
  build: { outDir: '../dist', emptyOutDir: true, sourcemap: true, chunkSizeWarningLimit: 2000 },
  // The headless tools are built as one file each that stands alone.
  ssr: { noExternal: true },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Pure files share what they import. Files that stand in for storage, locks or output each have a world of their own.
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...configDefaults.exclude, ...OWN_WORLD],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'own world', include: OWN_WORLD } },
    ],
  },
});
