export interface InFlight {
  /** Counts a call until it settles; its error is raised by the next wait. */
  add(call: Promise<unknown>): void
  /** Waits until another call may start. @throws the first error of a call */
  room(): Promise<void>
  /** Waits until every call has settled. @throws the first error of a call */
  done(): Promise<void>
}

/** Keeps at most `maximum` calls under way. */
export function createInFlight(maximum: number): InFlight {
  let count = 0
  let wake: (() => void) | undefined
  const errors: unknown[] = []
  const settle = (): void => {
    count -= 1
    wake?.()
  }
  const waitUntil = async (isReached: () => boolean): Promise<void> => {
    while (!isReached()) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    if (errors.length > 0) throw errors[0]
  }
  return {
    add: (call) => {
      count += 1
      call.then(settle, (error: unknown) => {
        errors.push(error)
        settle()
      })
    },
    room: () => waitUntil(() => count < maximum),
    done: () => waitUntil(() => count === 0),
  }
}
