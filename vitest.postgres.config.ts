import { defineConfig, mergeConfig } from 'vitest/config'
import { shared } from './vitest.config.js'

/** On real PostgreSQL servers, which the tests start by themselves. CI runs it with the rest. */
export default defineConfig(
  mergeConfig(shared, { test: { include: ['test/**/*.server.test.ts'], pool: 'forks', maxWorkers: 2 } }),
)
