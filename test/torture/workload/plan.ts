import type { NewMessage } from 'convodb'
import { createRandom, type Random } from '../../../demo/random.js'
import { History } from './history.js'
import { Model } from './model.js'
import type { Step } from './steps.js'

export interface Plan {
  readonly steps: readonly Step[]
  readonly history: History
}

/**
 * A mixed workload, always the same for a seed, and what the database holds after each of its steps. Every step that
 * stores something writes its number into it (`#12 `), by which a state is recognized; no two deletions follow each other.
 */
export function makePlan(seed: number, stepCount: number): Plan {
  const random = createRandom(seed)
  const model = new Model()
  const steps: Step[] = []
  const history = new History()
  while (steps.length < stepCount) {
    const step = chooseStep(random, model, steps)
    steps.push(step)
    history.addStep(model.carryOut(step))
  }
  return { steps, history }
}

/** So many messages, the newest, stay out of reach of deletions. */
const newestCount = 100
/** More than these are deleted again, so that every image stays small. */
const manyMessages = 1_200

function chooseStep(random: Random, model: Model, steps: readonly Step[]): Step {
  const mark = `#${steps.length + 1} `
  const lastCall = steps.at(-1)?.call
  const wasDeletion = lastCall === 'deleteMessages' || lastCall === 'deleteConversationSegment'
  const old = model.messageIds.slice(0, -newestCount)
  const oldSegments = model.segmentIds.slice(0, -10)
  const roll = random.next()
  if (roll < 0.08 || old.length === 0) {
    const messages = Array.from({ length: random.integer(2, 40) }, (_, n) =>
      newMessage(random, `${mark}batch `, `${steps.length}-${n}`),
    )
    return { call: 'addMessages', messages }
  }
  if (!wasDeletion && (roll < 0.13 || old.length > manyMessages)) {
    const count = old.length > manyMessages ? 300 : random.integer(1, 12)
    const first = random.integer(0, Math.max(0, old.length - count))
    return { call: 'deleteMessages', messageIds: old.slice(first, first + count) }
  }
  if (roll < 0.23) {
    const content = `${mark}edited ${'tea '.repeat(random.integer(0, 200))}`
    return { call: 'updateMessage', messageId: random.pick(model.messageIds), content }
  }
  if (roll < 0.3) return newSegment(random, model, `${mark}summary`, steps.length)
  if (roll < 0.33 && oldSegments.length > 0) {
    const summary = `${mark}summary again`
    return { call: 'updateConversationSegment', segmentId: random.pick(oldSegments), summary }
  }
  if (roll < 0.35 && oldSegments.length > 0 && !wasDeletion) {
    return { call: 'deleteConversationSegment', segmentId: random.pick(oldSegments) }
  }
  if (roll < 0.4) {
    return { call: 'upsertUser', userId: `user-${random.integer(0, 29)}`, displayName: `${mark}name` }
  }
  if (roll < 0.405 && !wasDeletion) return { call: 'checkpoint' }
  return { call: 'storeMessage', message: newMessage(random, mark, String(steps.length)) }
}

function newMessage(random: Random, mark: string, messageId: string): NewMessage {
  return {
    messageId,
    channelId: `channel-${random.integer(0, 9)}`,
    userId: `user-${random.integer(0, 29)}`,
    content: mark + 'milk '.repeat(random.chance(0.03) ? random.integer(800, 2_000) : random.integer(0, 30)),
    timestamp: random.integer(1, 1_000_000),
  }
}

function newSegment(random: Random, model: Model, summary: string, number: number): Step {
  const channelId = model.channelOf(random.pick(model.messageIds))
  const messageIds = model.messageIds.filter(
    (messageId) => model.channelOf(messageId) === channelId && random.chance(0.1),
  )
  return {
    call: 'createSegmentWithMessages',
    segmentId: `segment-${number}`,
    channelId,
    summary,
    messageIds: messageIds.slice(0, 20),
  }
}
