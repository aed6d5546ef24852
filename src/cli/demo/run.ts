import type { DatabaseManager, Stats } from '../../main/index.js'
import { createChat, type Chat, type ChatSettings } from './chat.js'
import { watchEventLoop, type EventLoopReport } from './event-loop.js'
import { fill, type FillReport } from './fill.js'
import { lookAround, type Findings } from './findings.js'
import { introduce } from './introduce.js'
import { readMeanwhile, type ReadReport } from './read-meanwhile.js'

export interface DemoReport {
  readonly chat: Chat
  readonly filling: FillReport
  readonly reading: ReadReport
  readonly eventLoop: EventLoopReport
  readonly findings: Findings
  /** As they were when the last message was committed. */
  readonly stats: Stats
}

export interface RunOptions {
  readonly signal: AbortSignal
  readonly onProgress: (messages: number) => void
}

/**
 * Fills a database with an invented chat while reading from it, and measures both.
 *
 * @throws the signal's reason when it was aborted
 */
export async function runDemo(
  db: DatabaseManager,
  settings: ChatSettings,
  { signal, onProgress }: RunOptions,
): Promise<DemoReport> {
  const chat = createChat(settings)
  await introduce(db, chat)
  const filled = new AbortController()
  const stopWatching = watchEventLoop()
  const reads = readMeanwhile(db, chat, settings.seed, filled.signal)
  const filling = await fill(db, chat, { signal, onProgress }).finally(() => filled.abort())
  const eventLoop = stopWatching()
  const reading = await reads
  signal.throwIfAborted()
  const stats = await db.stats()
  const findings = await lookAround(db, chat)
  return { chat, filling, reading, eventLoop, findings, stats }
}
