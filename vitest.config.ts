import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000, // a busy machine is no failure
    maxWorkers: 2, // most of the time of end-to-end tests is waiting
    reporters: ['default', './test/support/closing-line.ts'],
    setupFiles: ['./test/support/functions-core.ts'],
  },
});
