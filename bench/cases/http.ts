import { type BenchCase, noInput, usualRounds } from './case.js'
import { atLeast, atMost } from './target.js'

const sizes = {
  quick: { rows: 2_000, reads: 200 },
  usual: { rows: 100_000, reads: 20_000 },
  full: { rows: 500_000, reads: 30_000 },
}
const concurrency = 32

export const http: BenchCase = {
  name: 'http',
  about:
    'GET of the latest 100 messages of one channel after another, from a server in another process; the main thread is the ' +
    "server's. The usual way: Fastify, better-sqlite3 on the thread that answers, JSON.stringify. Ingesting: beside it, one request of 500 messages after " +
    'another.',
  items: 'requests',
  metrics: ['perSecond', 'busyUsPerItem', 'cpuUsPerItem', 'latencyP50Ms', 'latencyP99Ms', 'writesPerSecond'],
  baselines: ['usual'],
  rounds: usualRounds,
  sides: (scale) => {
    const input = { ...noInput, ...sizes[scale], concurrency, readers: 2 }
    const label = `${concurrency} in flight`
    return [
      { name: 'convodb', label: `ConvoDB's server, ${label}`, side: 'http-pages', input },
      {
        name: 'convodb-one-reader',
        label: `ConvoDB's server, one reader, ${label}`,
        side: 'http-pages',
        input: { ...input, readers: 1 },
      },
      { name: 'usual', label: `The usual way, ${label}`, side: 'usual-http-pages', input },
      {
        name: 'convodb-ingesting',
        label: `ConvoDB's server, ingesting`,
        side: 'http-pages-ingesting',
        input,
      },
      {
        name: 'usual-ingesting',
        label: 'The usual way, ingesting',
        side: 'usual-http-pages-ingesting',
        input,
      },
    ]
  },
  targets: [
    atMost(0.25, 'convodb', 'busyUsPerItem', ['usual']),
    atLeast(1.5, 'convodb', 'perSecond', ['usual']),
    atMost(0.25, 'convodb-one-reader', 'busyUsPerItem', ['usual']),
    atLeast(1.5, 'convodb-one-reader', 'perSecond', ['usual']),
    atMost(0.3, 'convodb-ingesting', 'latencyP99Ms', ['usual-ingesting']),
  ],
  plots: ['bars'],
}
