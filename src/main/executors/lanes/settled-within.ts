/** Whether a promise settles in time; never rejects. */
export async function settledWithin(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const timeUp = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), milliseconds)))
  const settled = promise.then(
    () => true,
    () => true,
  )
  try {
    return await Promise.race([settled, timeUp])
  } finally {
    clearTimeout(timer)
  }
}
