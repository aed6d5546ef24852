import type { DatabaseManager } from 'convodb'
import { decideStep } from '../../src/main/segmenting/decide-step.js'
import type { Strategy } from '../../src/main/segmenting/strategy.js'

/**
 * Carries out some steps as `segmentChannel` does, of so few messages that there are many, and leaves off anywhere.
 *
 * @returns whether there is nothing more to do.
 */
export async function runSteps(
  db: DatabaseManager,
  channelId: string,
  strategy: Strategy,
  { limit, steps }: { readonly limit: number; readonly steps: number },
): Promise<boolean> {
  const { name, window } = strategy
  for (let done = 0; done < steps; done += 1) {
    const step = await db.execute('getSegmentingStep', { channelId, strategy: name, window, limit })
    if (step.nextCursor === null) return true
    const ids = [...step.recent, ...step.messages].map(({ messageId }) => messageId)
    const found = new Map((await db.getMessagesByIds(ids)).map((message) => [message.messageId, message]))
    const withMessage = <Candidate extends { readonly messageId: string }>(candidate: Candidate) => ({
      ...candidate,
      message: found.get(candidate.messageId),
    })
    const candidates = { recent: step.recent.map(withMessage), messages: step.messages.map(withMessage) }
    const messages = await decideStep(strategy, candidates, () => {})
    const params = { channelId, strategy: name, cursor: step.nextCursor, messages }
    await db.execute('applySegmentingStep', params)
  }
  return false
}
