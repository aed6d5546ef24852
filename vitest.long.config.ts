import { defineConfig, mergeConfig } from 'vitest/config'
import { shared } from './vitest.config.js'

/** What takes long beside its worth to whoever is at work: real archives, many processes. CI runs it with the rest. */
export default defineConfig(
  mergeConfig(shared, { test: { include: ['test/**/*.long.test.ts'], pool: 'forks' } }),
)
