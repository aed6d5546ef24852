import { type BenchCase, noInput, usualRounds, type CaseSide, type Scale } from './case.js'
import { rowCounts, storeMessage } from './peers.js'
import { atLeast } from './target.js'

const concurrency = 2000

const threads = (scale: Scale, name: string, label: string, side: CaseSide['side']): CaseSide => ({
  name,
  label,
  side,
  input: { ...noInput, rows: rowCounts[scale].many, concurrency },
})

export const ports: BenchCase = {
  name: 'ports',
  about:
    `Four threads beside the main one store through ports of their own, ${concurrency} calls in flight among them, against ` +
    'the same calls made by the main thread. The threads make their messages beforehand; the event ' +
    'loops are those of the threads that call: their time added up, the longest delay. ' +
    'A main thread that computes takes a whole core from them.',
  items: 'messages',
  metrics: ['perSecond', 'busyUsPerItem', 'delayP99Ms'],
  baselines: ['store'],
  rounds: usualRounds,
  sides: (scale) => [
    threads(scale, 'ports', 'ConvoDB storeMessage, 4 threads, main thread idle', 'convodb-ports'),
    threads(
      scale,
      'ports-busy',
      'ConvoDB storeMessage, 4 threads, main thread computes',
      'convodb-ports-busy',
    ),
    storeMessage(scale, concurrency),
  ],
  targets: [atLeast(0.8, 'ports', 'perSecond', ['store'])],
  plots: ['bars'],
}
