import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { fingerprint } from './.ci/sources.mjs';

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
    include: ['**/*.test.{ts,tsx}'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
