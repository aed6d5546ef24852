import { batches } from './batches.js'
import type { BenchCase } from './case.js'
import { concurrency } from './concurrency.js'
import { eventLoop } from './event-loop.js'
import { growth } from './growth.js'
import { http } from './http.js'
import { httpStore } from './http-store.js'
import { ingest } from './ingest.js'
import { ingestOverHttp } from './ingest-http.js'
import { longRun } from './long-run.js'
import { lookups } from './lookups.js'
import { mixed } from './mixed.js'
import { paced } from './paced.js'
import { pages } from './pages.js'
import { ports } from './ports.js'
import { postgres, postgresContext, postgresPages } from './postgres.js'
import { recall } from './recall.js'
import { schema } from './schema.js'
import { search, searchIngest } from './search.js'
import { segmenting } from './segmenting.js'
import { single } from './single.js'
import { start } from './start.js'
import { vectors } from './vectors.js'

export const cases: readonly BenchCase[] = [
  ingest,
  concurrency,
  start,
  single,
  paced,
  batches,
  schema,
  pages,
  lookups,
  search,
  searchIngest,
  vectors,
  recall,
  eventLoop,
  mixed,
  ports,
  http,
  httpStore,
  ingestOverHttp,
  segmenting,
  postgres,
  postgresPages,
  postgresContext,
  longRun,
  growth,
]
