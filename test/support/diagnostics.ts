import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { diagnosticsChannels } from 'convodb'
import { afterEach } from 'vitest'

const cleanUps: (() => void)[] = []

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp()
})

/** What comes on a channel from now on, until the test ends. */
export interface Listener {
  readonly events: readonly unknown[]
  /** Resolves with the next event. */
  next(): Promise<unknown>
}

export function listen(channel: keyof typeof diagnosticsChannels): Listener {
  const events: unknown[] = []
  const waiting: ((event: unknown) => void)[] = []
  const onEvent = (event: unknown): void => {
    events.push(event)
    for (const resolve of waiting.splice(0)) resolve(event)
  }
  subscribe(diagnosticsChannels[channel], onEvent)
  cleanUps.push(() => unsubscribe(diagnosticsChannels[channel], onEvent))
  return { events, next: () => new Promise((resolve) => waiting.push(resolve)) }
}
