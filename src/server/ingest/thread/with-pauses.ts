import { settledWithin } from '../../../main/executors/lanes/time.js'

/**
 * What comes, and undefined each time when nothing has come for a while: then there is time for what else is to be done.
 *
 * @throws what reading `items` throws
 */
export async function* withPauses<Item>(
  items: AsyncGenerator<Item>,
  pauseMs: number,
): AsyncGenerator<Item | undefined> {
  try {
    for (;;) {
      const next = items.next()
      if (!(await settledWithin(pauseMs, next))) yield undefined
      const { done, value } = await next
      if (done === true) return
      yield value
    }
  } finally {
    await items.return(undefined)
  }
}
