import { type BenchCase, noInput, usualRounds, type CaseSide, type Scale } from './case.js'
import { rowCounts } from './peers.js'
import { atLeast, atMost } from './target.js'

const rowsPerCall = 1000

const side = (scale: Scale, name: string, label: string, kind: CaseSide['side']): CaseSide => ({
  name,
  label,
  side: kind,
  input: { ...noInput, rows: rowCounts[scale].many, rowsPerCall, concurrency: 8 },
})

export const ingestOverHttp: BenchCase = {
  name: 'ingest-http',
  about:
    'One upload to POST /v1/ingest, against addMessages in the process itself. Server and sender are processes of their own; the main ' +
    "thread is the server's. Lines are made beforehand.",
  items: 'messages',
  metrics: ['perSecond', 'busyShare', 'busyUsPerItem', 'delayP99Ms', 'peakRssMib'],
  baselines: ['batches'],
  rounds: usualRounds,
  sides: (scale) => [
    side(scale, 'upload', 'ConvoDB POST /v1/ingest', 'convodb-ingest-http'),
    side(scale, 'upload-gzip', 'ConvoDB POST /v1/ingest, gzip', 'convodb-ingest-http-gzip'),
    side(
      scale,
      'batches',
      `ConvoDB addMessages of ${rowsPerCall}, 8 in flight, in process`,
      'convodb-batches',
    ),
  ],
  targets: [atLeast(0.7, 'upload', 'perSecond', ['batches']), atMost(0.3, 'upload', 'busyShare')],
  plots: ['bars'],
}
