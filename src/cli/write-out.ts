/** How long whoever reads standard output has for what is written already, when the command was told to end. */
export const lastWordsMs = 2_000

const givenUp = new AbortController()

/** Whether something could not be written. Node forgets that of its standard output: the stream is as new behind each error. */
let isClosed = false

/**
 * Writes to standard output, and waits until it is out, while its reader is slow. Resolves, too, when the reader has closed it (`| head`).
 *
 * @returns whether it was written, for somebody who still reads.
 */
export async function writeOut(text: string): Promise<boolean> {
  const { stdout } = process
  const { signal } = givenUp
  if (isClosed || stdout.destroyed || signal.aborted) return false
  await new Promise<void>((resolve) => {
    const go = (reason?: unknown): void => {
      if (reason instanceof Error) isClosed = true
      for (const name of ['error', 'close']) stdout.off(name, go)
      signal.removeEventListener('abort', go)
      resolve()
    }
    for (const name of ['error', 'close']) stdout.on(name, go)
    signal.addEventListener('abort', go)
    stdout.write(text, go)
  })
  return !isClosed && !stdout.destroyed && !signal.aborted
}

/** Lets nobody wait for the reader of standard output much longer than until `signal`: it may be one that never reads. */
export function giveUpAfter(signal: AbortSignal): void {
  const giveUp = (): void => void setTimeout(() => givenUp.abort(), lastWordsMs).unref()
  signal.addEventListener('abort', giveUp, { once: true })
}

/** Tells who follows something that standard output was closed, for which nothing but writing is answered. */
export const onOutputClosed = (tell: () => void): void => void process.stdout.once('error', tell)
