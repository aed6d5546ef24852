import { type BenchCase, noInput } from './case.js'
import { atLeast, atMost } from './target.js'

const excerpts = { quick: 2, usual: 1_000, full: 1_000 }

export const segmenting: BenchCase = {
  name: 'segmenting',
  about:
    'Annotated IRC (34 excerpts, 49,277 messages, of which 14,751 are in an annotated conversation), divided by each strategy: how well ' +
    'its segments are the conversations, of all messages together and in the mean of the excerpts, and how fast that is.',
  items: 'messages',
  metrics: ['oneToOne', 'variation', 'meanOneToOne', 'meanVariation', 'perSecond', 'delayP99Ms'],
  baselines: [],
  rounds: { quick: 1, usual: 1, full: 3 },
  sides: (scale) => {
    const input = { ...noInput, rows: excerpts[scale] }
    return [
      { name: 'gap-1', label: 'gap, 1 minute', side: 'segmenting-gap-1', input },
      { name: 'gap-5', label: 'gap, 5 minutes', side: 'segmenting-gap-5', input },
      { name: 'gap-30', label: 'gap, 30 minutes', side: 'segmenting-gap-30', input },
      { name: 'replies', label: 'replies, as IRC has them: none', side: 'segmenting-replies', input },
      { name: 'mentions', label: 'a function: who is named, or oneself', side: 'segmenting-mentions', input },
      { name: 'conversations', label: 'conversations', side: 'segmenting-conversations', input },
      {
        name: 'oracle',
        label: 'replies, as the annotators found them (not known to anybody else)',
        side: 'segmenting-annotated-replies',
        input,
      },
    ]
  },
  targets: [
    atLeast(1.5, 'conversations', 'oneToOne', ['gap-1', 'gap-5', 'gap-30', 'replies']),
    atLeast(1.1, 'conversations', 'variation', ['gap-1', 'gap-5', 'gap-30', 'replies']),
    atMost(50, 'conversations', 'delayP99Ms'),
  ],
  plots: [],
}
