import type { Requirement } from '../peers-folder.js'
import { channelToRead } from '../rows.js'
import { betterSqlite3Pool } from './better-sqlite3-pool.js'
import { convoDbBatches } from './convodb-batches.js'
import { convoDbPaced } from './convodb-paced.js'
import { convoDbPorts, convoDbPortsBusy } from './convodb-ports.js'
import { convoDbStore } from './convodb-store.js'
import { gathering } from './gathering.js'
import { growConvoDb, growLoop } from './growth.js'
import { pagesOverHttp } from './http/pages.js'
import { storeOverHttp } from './http/store.js'
import { ingestHttp, ingestHttpGzip } from './ingest-http.js'
import { libsql } from './libsql.js'
import { loopIntegerKeys, loopMergingLater, loopTextKeys } from './loop.js'
import { nodeSqlite3 } from './node-sqlite3.js'
import { pagesWhileIngesting } from './pages-while-ingesting.js'
import { postgresInsertEach, postgresUnnest } from './postgres/by-hand.js'
import { postgresBatches, postgresContext, postgresPages, postgresStore } from './postgres/convodb.js'
import { python } from './python.js'
import { byIds, byIdsAtOnce } from './reads/by-ids.js'
import { context } from './reads/context.js'
import { pages } from './reads/pages.js'
import { segmentMessages } from './reads/segment-messages.js'
import { directly, viaConvoDb } from './reads/sides.js'
import { mentions, segmenting } from './segmenting.js'
import { recallBoth, recallMeaning, recallWords } from './recall.js'
import {
  addWithoutSearch,
  addWithSearch,
  searchAll,
  searchChannel,
  searchFts5,
  searchLike,
  searchNewest,
  storeWithoutSearch,
  storeWithSearch,
} from './search.js'
import type { Side } from './side.js'
import { startNode, startProbe, startCommand, startProgram } from './start.js'
import { turso } from './turso.js'
import { vectorsDirectly, vectorsExact, vectorsLikely } from './vectors.js'
import { workerRoundTrip } from './worker-round-trip.js'

/** Every way to do the work, by the name a child process is started with. */
export const sides = {
  'convodb-store': convoDbStore,
  'convodb-batches': convoDbBatches,
  'convodb-paced': convoDbPaced,
  'convodb-ports': convoDbPorts,
  'convodb-ports-busy': convoDbPortsBusy,
  'convodb-pages': viaConvoDb(pages),
  'convodb-by-ids': viaConvoDb(byIds),
  'convodb-segment': viaConvoDb(segmentMessages),
  'convodb-context': viaConvoDb(context),
  'convodb-pages-while-ingesting': pagesWhileIngesting,
  'convodb-ingest-http': ingestHttp,
  'convodb-ingest-http-gzip': ingestHttpGzip,
  'convodb-growth': growConvoDb,
  'loop-integer-keys': loopIntegerKeys,
  'loop-merging-later': loopMergingLater,
  'loop-text-keys': loopTextKeys,
  'loop-growth': growLoop,
  'direct-pages': directly(pages),
  'direct-by-ids': directly(byIds),
  'direct-by-ids-at-once': directly(byIdsAtOnce),
  'direct-segment': directly(segmentMessages),
  'direct-context': directly(context),
  'http-pages': pagesOverHttp('convodb', false),
  'http-pages-ingesting': pagesOverHttp('convodb', true),
  'http-store': storeOverHttp,
  'usual-http-pages': pagesOverHttp('usual', false),
  'usual-http-pages-ingesting': pagesOverHttp('usual', true),
  'segmenting-gap-1': segmenting({ strategy: { name: 'gap', minutes: 1 } }),
  'segmenting-gap-5': segmenting({ strategy: { name: 'gap', minutes: 5 } }),
  'segmenting-gap-30': segmenting({ strategy: { name: 'gap', minutes: 30 } }),
  'segmenting-replies': segmenting({ strategy: 'replies' }),
  'segmenting-mentions': segmenting({ strategy: mentions }),
  'segmenting-conversations': segmenting({ strategy: 'conversations' }),
  'segmenting-annotated-replies': segmenting({ strategy: 'replies', knowsAnswers: true }),
  'search-all': searchAll,
  'search-channel': searchChannel,
  'search-newest': searchNewest,
  'search-fts5': searchFts5,
  'search-like': searchLike,
  'store-with-search': storeWithSearch,
  'store-without-search': storeWithoutSearch,
  'add-with-search': addWithSearch,
  'add-without-search': addWithoutSearch,
  'recall-words': recallWords,
  'recall-meaning': recallMeaning,
  'recall-both': recallBoth,
  'vectors-exact': vectorsExact,
  'vectors-likely': vectorsLikely,
  'vectors-directly': vectorsDirectly,
  'start-node': startNode,
  'start-worker': startProbe('worker'),
  'start-sqlite': startProbe('sqlite'),
  'start-import': startProbe('import'),
  'start-open': startProbe('open'),
  'start-store': startProbe('store'),
  'start-page': startProbe('page'),
  'start-idle': startProbe('idle'),
  'start-version': startProgram('--version'),
  'start-help': startProgram('--help'),
  'start-stats': startCommand('stats'),
  'start-channels': startCommand('channels'),
  'start-users': startCommand('users'),
  'start-messages': startCommand('messages', channelToRead(0)),
  'start-search': startCommand('search', 'quick'),
  'postgres-store': postgresStore,
  'postgres-batches': postgresBatches,
  'postgres-pages': postgresPages,
  'postgres-context': postgresContext,
  'postgres-insert-each': postgresInsertEach,
  'postgres-unnest': postgresUnnest,
  'worker-round-trip': workerRoundTrip,
  'node-sqlite3': nodeSqlite3,
  libsql,
  'better-sqlite3-pool': betterSqlite3Pool,
  turso,
  gathering: gathering({ hasIndex: false }),
  'gathering-indexed': gathering({ hasIndex: true }),
  'python-normal': python('NORMAL'),
  'python-full': python('FULL'),
} satisfies Record<string, Side>

export type SideName = keyof typeof sides

export const isSideName = (name: string): name is SideName => Object.hasOwn(sides, name)

/** Sides that need more than the main install. */
export const requirements: { readonly [Name in SideName]?: Requirement } = {
  'recall-words': 'annotated chat',
  'recall-meaning': 'word vectors',
  'recall-both': 'word vectors',
  'segmenting-gap-1': 'annotated chat',
  'segmenting-gap-5': 'annotated chat',
  'segmenting-gap-30': 'annotated chat',
  'segmenting-replies': 'annotated chat',
  'segmenting-mentions': 'annotated chat',
  'segmenting-conversations': 'annotated chat',
  'segmenting-annotated-replies': 'annotated chat',
  'node-sqlite3': 'sqlite3',
  libsql: '@libsql/client',
  'better-sqlite3-pool': 'better-sqlite3-pool',
  turso: '@tursodatabase/database',
  'python-normal': 'python3',
  'python-full': 'python3',
}
