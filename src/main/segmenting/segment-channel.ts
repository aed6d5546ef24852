import { ConvoDbError } from '../../protocol/errors.js'
import type { SegmentingReport, SegmentingStep } from '../../protocol/segmenting-models.js'
import type { Execute } from '../calls/execute.js'
import type { SubscribeOptions } from '../subscriptions/options.js'
import { checkCallOptions, type CallOptions } from '../validation/call-options.js'
import { decideStep, type StepCandidates } from './decide-step.js'
import { MessagesToCome, type Changes } from './messages-to-come.js'
import { readSegmenting, type Segmenting } from './read-segmenting.js'
import type { Candidate, Strategy } from './strategy.js'

/** What of a database this needs. */
export interface SegmentedDatabase {
  readonly execute: Execute
  subscribe(options: SubscribeOptions): Changes
  ready(): Promise<void>
}

/** Messages of a step: its transaction takes some milliseconds. */
const messagesPerStep = 500
/** Runs that lose so often in a row do not lose to others: something else is wrong. */
const maxConflicts = 100

/** Segments a channel step by step; each is one operation that stores what was decided, and that it was. */
export async function segmentChannel<Metadata extends object>(
  database: SegmentedDatabase,
  segmenting: Segmenting<Metadata>,
  options: CallOptions = {},
): Promise<SegmentingReport> {
  const { channelId, strategy, follow = false, onProgress } = readSegmenting(segmenting)
  const { signal, timeoutMs } = checkCallOptions(options)
  const report: SegmentingReport = { messages: 0, members: 0, segments: 0 }
  const deadlineMs = timeoutMs === undefined ? Infinity : performance.now() + timeoutMs
  const check = (): void => {
    if (signal?.aborted === true) throw ended('ABORTED', 'The segmenting was aborted by its signal', report)
    if (performance.now() > deadlineMs) {
      throw ended('TIMEOUT', `The segmenting took longer than ${String(timeoutMs)} ms`, report)
    }
  }
  check()
  const run = { ...database, channelId, strategy, signal, check, report, onProgress }
  if (!follow) {
    await segmentAll(run)
    return report
  }
  const toCome = new MessagesToCome(database, channelId)
  try {
    for (;;) {
      await segmentAll(run)
      await toCome.wait(signal, deadlineMs)
      check()
    }
  } finally {
    toCome.close()
  }
}

interface Run extends Pick<SegmentedDatabase, 'execute' | 'ready'> {
  readonly channelId: string
  readonly strategy: Strategy
  readonly signal: AbortSignal | undefined
  readonly report: SegmentingReport
  readonly onProgress?: ((report: SegmentingReport) => void) | undefined
  /** @throws ABORTED, TIMEOUT */
  check(): void
}

/** As far as there are messages. */
async function segmentAll(run: Run): Promise<void> {
  for (let conflicts = 0, hasMore = true; hasMore; run.check()) {
    const { strategy, channelId, signal } = run
    const { name, window } = strategy
    const asked = { channelId, strategy: name, window, limit: messagesPerStep }
    const step = await run.execute('getSegmentingStep', asked, { signal })
    hasMore = step.hasMore
    if (step.nextCursor === null) return
    try {
      await applyStep(run, step, step.nextCursor)
      conflicts = 0
    } catch (error) {
      // Another run was faster, or somebody deleted a segment: what they did is in the next step.
      conflicts += 1
      if (!isConflict(error) || conflicts > maxConflicts) throw error
      hasMore = true
    }
  }
}

async function applyStep(run: Run, step: SegmentingStep, cursor: string): Promise<void> {
  const { channelId, strategy, signal, report, check } = run
  const messages = await decideStep(strategy, await withMessages(run, step), check)
  await run.ready()
  const params = { channelId, strategy: strategy.name, cursor, messages }
  const counts = await run.execute('applySegmentingStep', params, { signal })
  report.messages += step.messages.length
  report.members += counts.messages
  report.segments += counts.segments
  run.onProgress?.({ ...report })
}

/** The step with what was said in its messages, where the strategy reads that. One that is gone by then has nothing. */
async function withMessages(
  { execute, strategy, signal }: Run,
  step: SegmentingStep,
): Promise<StepCandidates> {
  const { recent, messages } = step
  if (!strategy.readsMessages || messages.length === 0) return { recent, messages }
  const messageIds = [...recent, ...messages].map(({ messageId }) => messageId)
  const found = await execute('getMessagesByIds', { messageIds }, { signal })
  const byId = new Map(found.map((message) => [message.messageId, message]))
  const withMessage = (candidate: Candidate): Candidate => ({
    ...candidate,
    message: byId.get(candidate.messageId),
  })
  return { recent: recent.map(withMessage), messages: messages.map(withMessage) }
}

const isConflict = (error: unknown): boolean => error instanceof ConvoDbError && error.code === 'CONFLICT'

const ended = (code: 'ABORTED' | 'TIMEOUT', message: string, report: SegmentingReport): ConvoDbError =>
  new ConvoDbError(code, `${message}; ${report.messages} messages are done, call it again for the rest`, {
    ...report,
  })
