import type { FastifyContextConfig } from 'fastify'

/** What a door gives a key that is for certain channels. */
export type DoorRule =
  /** Operations, each by its own rule (`channelRules`). */
  | 'each operation'
  /** What is of its channels; whoever answers there holds it to them. */
  | 'what is of them'
  /** What has nothing to do with any channel: it is open. */
  | 'nothing of channels'
  /** What is of all channels: it stays shut. */
  | 'all channels'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route says it, or the server does not start. */
    channels?: DoorRule
  }
}

interface Door {
  readonly method: string | readonly string[]
  readonly url: string
  readonly config?: FastifyContextConfig | undefined
}

/** Pages whose routes are a library's own: what there is to call. */
export const isDocsPath = (url: string): boolean => /^\/docs(\/|$)/.test(url)

/** Undefined where nobody has said it. A preflight is answered before anybody is asked for a key. */
export function doorRuleOf({ method, url, config }: Door): DoorRule | undefined {
  if (config?.channels !== undefined) return config.channels
  return isDocsPath(url) || method === 'OPTIONS' ? 'nothing of channels' : undefined
}
