import type { WordPlace } from '../tables/messages-to-index.js'

/** A message that a search has found. */
export interface Hit {
  readonly key: number
  readonly channelId: string
  readonly timestamp: number
  readonly score: number
}

export const isLater = (
  one: { readonly timestamp: number; readonly key: number },
  other: { readonly timestamp: number; readonly key: number },
): boolean => one.timestamp > other.timestamp || (one.timestamp === other.timestamp && one.key > other.key)

export const isBetter = (
  one: { readonly score: number; readonly key: number },
  other: { readonly score: number; readonly key: number },
): boolean => one.score > other.score || (one.score === other.score && one.key > other.key)

export const wordPlaceOf = ({ channelId, key }: Hit): WordPlace => ({ channelId, messageKey: key })
