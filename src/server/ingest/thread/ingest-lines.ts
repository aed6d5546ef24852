import type { MessagePort } from 'node:worker_threads'
import { ConvoDbError, type DatabaseManager } from '../../../main/index.js'
import { LineSplitter, type GoodLine, type UnreadableLine } from '../../../importers/lines.js'
import type { IngestOutput, IngestSettings } from '../messages.js'
import { toOperation } from './line-operation.js'
import { ReceivedBytes } from './received-bytes.js'
import { maxWaitMs, StoredLines } from './stored-lines.js'
import { unpack } from './unpack.js'
import { withPauses } from './with-pauses.js'

/** Stores the lines of one upload; tells through its port how far it is, and at the end how it ended. Never rejects. */
export async function ingestLines(
  connecting: Promise<DatabaseManager>,
  port: MessagePort,
  settings: IngestSettings,
): Promise<void> {
  const received = new ReceivedBytes(port)
  const tell = (output: IngestOutput): void => port.postMessage(output)
  let durableLine = settings.startLine - 1
  try {
    const gone = new ConvoDbError('ABORTED', 'Nothing more can be stored')
    const stored = new StoredLines(await connecting, settings, tell, () => received.stop(gone))
    const unread = await faultOf(() => readLines(received, stored, settings))
    const unstored = await faultOf(() => stored.settle())
    durableLine = stored.durableLine
    const fault = unstored ?? unread
    if (fault !== undefined) throw fault
    tell({ kind: 'done', report: stored.report() })
  } catch (error) {
    const { code, message, details } =
      error instanceof ConvoDbError ? error : new ConvoDbError('INTERNAL', String(error))
    tell({ kind: 'failed', error: { code, message, details: { ...details, durableLine } } })
  }
}

/** What somebody's work ended with, if not well. */
async function faultOf(work: () => Promise<void>): Promise<unknown> {
  try {
    await work()
    return undefined
  } catch (error) {
    return error
  }
}

/** @throws what cut the upload short; the line that it cut is not stored */
async function readLines(
  received: ReceivedBytes,
  stored: StoredLines,
  settings: IngestSettings,
): Promise<void> {
  const { encoding, startLine, maxLineBytes } = settings
  const splitter = new LineSplitter({ maxBytes: maxLineBytes, firstLine: startLine })
  const addAll = async (lines: Iterable<GoodLine | UnreadableLine>): Promise<void> => {
    for (const line of lines) {
      addLine(line)
      if (stored.isFull) await stored.flush()
    }
    stored.reach(splitter.lines)
    if (stored.isWithoutMessages || stored.isDue) await stored.flush()
  }
  const addLine = (line: GoodLine | UnreadableLine): void => {
    try {
      if ('problem' in line) throw new ConvoDbError(line.code, line.problem)
      stored.add(line.number, line.bytes, toOperation(line.text, settings))
    } catch (error) {
      if (!(error instanceof ConvoDbError)) throw error
      stored.refuse(line.number, error)
    }
  }
  for await (const chunk of withPauses(unpack(received.blocks(), encoding), maxWaitMs)) {
    if (chunk === undefined) await stored.flush()
    else await addAll(splitter.push(chunk))
  }
  await addAll(splitter.finish())
}
