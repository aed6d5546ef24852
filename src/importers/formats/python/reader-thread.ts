import { once } from 'node:events'
import { resolve as absolute } from 'node:path'
import type { PythonAnswer } from '../../../protocol/python-database.js'
import { startSqliteThread } from '../../../main/file-job.js'
import { workerUrl } from '../../../main/worker-url.js'
import { SourceError } from '../../source.js'

/**
 * What a database of the Python original holds, page by page, read by a thread.
 *
 * @throws SourceError when it is none, is damaged, or the thread is lost
 */
export async function* readPages(
  path: string,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<Exclude<PythonAnswer, { readonly kind: 'end' | 'failed' }>> {
  // Of a name better-sqlite3 leaves out the white space around it, and would open the file that is called so.
  if (path.trimEnd() !== path)
    throw new SourceError(
      `${name} can not be read: its name ends in white space, which is left out where SQLite opens it; give it another one`,
    )
  const thread = startSqliteThread(workerUrl('python-reader'), { path: absolute(path) })
  const ended = new Promise<PythonAnswer>((resolve) => {
    const lost = (reason: string) => resolve({ kind: 'failed', reason: `can not be read: ${reason}` })
    thread.once('error', (error) => lost(error.message))
    thread.once('exit', () => lost('the thread that read it ended'))
  })
  try {
    while (!signal.aborted) {
      thread.postMessage('next')
      const answered = once(thread, 'message', { signal }).then(([answer]: PythonAnswer[]) => answer)
      const answer = await Promise.race([answered.catch(() => undefined), ended])
      if (answer === undefined || answer.kind === 'end') return
      if (answer.kind === 'failed') throw new SourceError(`${name} ${answer.reason}`)
      yield answer
    }
  } finally {
    // One that has ended hears nothing.
    thread.postMessage('end')
  }
}
