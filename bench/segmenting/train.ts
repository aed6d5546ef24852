/**
 * Learns the weights of the strategy `conversations` and tells how well it does on excerpts that it has not learnt from. Run after a
 * build, with the annotated chat beside the checkout: `node build/bench/segmenting/train.js`; it takes some minutes.
 */
import { conversationsWith, type Weights } from '../../src/main/segmenting/conversations/conversations.js'
import { linkFeatures, startFeatures } from '../../src/main/segmenting/conversations/features.js'
import { decideStep } from '../../src/main/segmenting/decide-step.js'
import { examplesOf, type Example } from './examples.js'
import { learn } from './learn.js'
import { hasIrc, readExcerpts, type Excerpt } from './irc.js'
import { meanScoreOf, scoreOf, type Labelled } from './scores.js'

const write = (text: string): boolean => process.stdout.write(`${text}\n`)

async function labelled(excerpt: Excerpt, weights: Weights): Promise<Labelled[]> {
  const messages = excerpt.messages.map(
    ({ messageId, channelId, userId, content, messageType, timestamp }) => ({
      messageId,
      userId,
      timestamp: new Date(timestamp),
      replyToMessageId: null,
      segmentId: null,
      answeredSegmentId: null,
      newSegmentId: messageId,
      message: {
        messageId,
        channelId,
        userId,
        content,
        messageType,
        timestamp: new Date(timestamp),
        replyToMessageId: null,
        editedAt: null,
        metadata: null,
      },
    }),
  )
  const decided = await decideStep(conversationsWith(weights), { recent: [], messages }, () => {})
  const found = new Map(decided.map(({ messageId, segmentId }) => [messageId, segmentId]))
  return [...excerpt.gold].map(([messageId, gold]) => ({
    excerpt: excerpt.channelId,
    gold,
    found: found.get(messageId) ?? messageId,
  }))
}

interface Learnt {
  readonly excerpt: Excerpt
  readonly examples: readonly Example[]
}

/** Learns from those that are not held out, and tries the others. */
async function tryOn(all: readonly Learnt[], isHeldOut: (excerpt: Excerpt, index: number) => boolean) {
  const heldOut = all.filter(({ excerpt }, index) => isHeldOut(excerpt, index))
  const weights = learn(all.filter((one) => !heldOut.includes(one)).flatMap(({ examples }) => examples))
  const results = await Promise.all(heldOut.map(({ excerpt }) => labelled(excerpt, weights)))
  return results.flat()
}

function tell(name: string, messages: readonly Labelled[]): void {
  const percent = (share: number): string => (100 * share).toFixed(1)
  const together = scoreOf(messages)
  const mean = meanScoreOf(messages)
  write(
    `${name}: 1-1 ${percent(together.oneToOne)}, VI ${percent(together.variation)}; ` +
      `mean of excerpts: 1-1 ${percent(mean.oneToOne)}, VI ${percent(mean.variation)}`,
  )
}

function tellWeights(names: readonly string[], weights: readonly number[]): void {
  names.forEach((name, index) => write(`    ${(weights[index] ?? 0).toFixed(2)}, // ${name}`))
}

if (hasIrc()) {
  const all = readExcerpts().map((excerpt) => ({ excerpt, examples: examplesOf(excerpt) }))
  const folds = 5
  const held: Labelled[] = []
  for (let fold = 0; fold < folds; fold += 1) {
    held.push(...(await tryOn(all, (_, index) => index % folds === fold)))
  }
  tell(`Held out, ${folds} parts in turn`, held)
  for (const [channel, messages] of Map.groupBy(held, ({ excerpt }) => excerpt.replace(/-\d.*/, ''))) {
    tell(`  ${channel}`, messages)
  }
  const isOther = ({ channelId }: Excerpt): boolean => !/^ubuntu-\d/.test(channelId)
  tell('Learnt from #ubuntu alone, tried on other channels', await tryOn(all, isOther))
  tell('Learnt from other channels, tried on #ubuntu', await tryOn(all, (excerpt) => !isOther(excerpt)))
  const weights = learn(all.flatMap(({ examples }) => examples))
  tell(
    'Learnt from all, tried on all',
    (await Promise.all(all.map(({ excerpt }) => labelled(excerpt, weights)))).flat(),
  )
  tellWeights(linkFeatures, weights.link)
  tellWeights(startFeatures, weights.start)
} else {
  write('The annotated chat is not in ../shared/data/irc')
}
