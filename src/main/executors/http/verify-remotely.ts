import { ConvoDbError } from '../../../protocol/errors.js'
import type { VerifyProgress, VerifyReport } from '../../../protocol/verify.js'
import type { VerifyOptions } from '../../verify-database.js'
import { checkVerifyOptions } from '../../validation/job-options.js'
import { errorOf } from './problem.js'
import type { Transport } from './transport.js'

/** Has the server verify its file: lines of JSON tell how far it is, and the last one what it found. */
export async function verifyRemotely(transport: Transport, options: VerifyOptions): Promise<VerifyReport> {
  checkVerifyOptions(options)
  const { onProgress, signal, maxProblems } = options
  const response = await transport.open({
    method: 'POST',
    path: 'v1/verify',
    body: JSON.stringify({ maxProblems }),
    isRepeatable: true,
    isRead: true,
    signal,
  })
  try {
    for await (const told of toldBy(response)) {
      const end = heed(told, onProgress)
      if (end !== undefined) return end
    }
  } catch (error) {
    if (signal?.aborted === true)
      throw new ConvoDbError('ABORTED', 'The verification was aborted by its signal')
    throw error
  }
  throw endedEarly()
}

const endedEarly = (cause?: unknown): ConvoDbError =>
  new ConvoDbError('UNREACHABLE', 'The server ended before it had verified the file', {}, { cause })

function heed(told: object, onProgress: VerifyOptions['onProgress']): VerifyReport | undefined
function heed(told: object, onProgress: ((progress: VerifyProgress) => void) | undefined): unknown {
  const { progress, report, error } = Object(told)
  if (error !== undefined) throw errorOf(error)
  if (progress !== undefined) onProgress?.(progress)
  return report
}

async function* toldBy({ body }: Response): AsyncGenerator<object> {
  if (body === null) return
  let rest = ''
  try {
    for await (const piece of body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + piece).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) yield Object(JSON.parse(line))
    }
  } catch (error) {
    // A connection that is cut says so in words of its own; what is no JSON is of whoever is in between.
    throw endedEarly(error)
  }
}
