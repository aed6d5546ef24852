import type { Found, Place } from '../found.js'
import { found } from '../found.js'
import { toMetadata, type AuthorMetadata } from './metadata.js'

/** So many are remembered; of those beyond some are told of again, which changes nothing. */
const maxRemembered = 20_000

export interface Author extends AuthorMetadata {
  readonly userId: string
}

/** Tells of each author once, and again when the name or another thing about them has changed. */
export class KnownAuthors {
  readonly #source: string
  readonly #told = new Map<string, string>()

  /** @param source the format's name. */
  constructor(source: string) {
    this.#source = source
  }

  /** The user, where there is news; to be stored after the message that shows it, which says when they were seen. */
  *tell(place: Place, author: Author): Generator<Found> {
    const { userId, ...rest } = author
    const metadata = toMetadata({ source: this.#source, ...rest })
    const told = JSON.stringify(metadata)
    if (this.#told.get(userId) === told) return
    if (this.#told.size >= maxRemembered) this.#told.clear()
    this.#told.set(userId, told)
    const displayName = author.displayName ?? author.name ?? null
    yield found(place, { kind: 'user', model: { userId, displayName, metadata } })
  }
}
