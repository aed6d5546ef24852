/**
 * Runs `work` for every item with a fixed number of calls under way, each next one starting when one is answered.
 */
export async function inParallel<Item>(
  items: Iterable<Item>,
  inFlight: number,
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const shared = items[Symbol.iterator]()
  const lane = async (): Promise<void> => {
    for (let next = shared.next(); next.done !== true; next = shared.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
}
