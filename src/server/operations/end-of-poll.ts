let waiting: Promise<void> | undefined

/**
 * Resolves when all sockets that had something to read have been read: the reads that came with them go to the threads together, which
 * wakes those once.
 */
export function endOfPoll(): Promise<void> {
  waiting ??= new Promise((resolve) => {
    setImmediate(() => {
      waiting = undefined
      resolve()
    })
  })
  return waiting
}
