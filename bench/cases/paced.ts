import { type BenchCase, type CaseSide, noInput, usualRounds, type Scale } from './case.js'
import { atMost } from './target.js'

const seconds = { quick: 1, usual: 10, full: 60 }

const at = (scale: Scale, perSecond: number): CaseSide => ({
  name: String(perSecond),
  label: `ConvoDB storeMessage, ${perSecond.toLocaleString('en-US')} a second`,
  side: 'convodb-paced',
  input: { ...noInput, rows: seconds[scale] * perSecond, perSecond },
})

export const paced: BenchCase = {
  name: 'paced',
  about:
    'One call a message, which arrive at a fixed rate from another thread, whatever the answers do (an open loop). The time from ' +
    'when a message was due until its commit was acknowledged; two seconds before are not measured.',
  items: 'messages',
  metrics: [
    'latencyP99Ms',
    'latencyP50Ms',
    'latencyP999Ms',
    'latencyMaxMs',
    'perSecond',
    'busyUsPerItem',
    'delayP99Ms',
  ],
  baselines: [],
  rounds: usualRounds,
  sides: (scale) => [at(scale, 5_000), at(scale, 20_000), at(scale, 50_000)],
  targets: [
    atMost(1.5, '5000', 'latencyP99Ms'),
    atMost(6, '5000', 'latencyP999Ms'),
    atMost(3, '20000', 'latencyP99Ms'),
    atMost(10, '20000', 'latencyP999Ms'),
    atMost(8, '50000', 'latencyP99Ms'),
    atMost(20, '50000', 'latencyP999Ms'),
  ],
  plots: ['latency'],
}
