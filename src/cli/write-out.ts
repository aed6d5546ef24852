/**
 * Writes to standard output, and waits while its reader is slow. Resolves, too, when the reader has closed it (`| head`).
 *
 * @returns whether somebody still reads.
 */
export async function writeOut(text: string): Promise<boolean> {
  const { stdout } = process
  if (stdout.errored != null || stdout.destroyed) return false
  if (!stdout.write(text)) {
    await new Promise<void>((resolve) => {
      const go = (): void => {
        for (const name of ['drain', 'error', 'close']) stdout.off(name, go)
        resolve()
      }
      for (const name of ['drain', 'error', 'close']) stdout.on(name, go)
    })
  }
  return stdout.errored == null && !stdout.destroyed
}

/** Tells who follows something that standard output was closed, for which nothing but writing is answered. */
export const onOutputClosed = (tell: () => void): void => void process.stdout.once('error', tell)
