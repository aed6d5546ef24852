import type { BenchCase } from './case.js'
import { ingest } from './ingest.js'
import { pages } from './pages.js'

export const cases: readonly BenchCase[] = [ingest, pages]
