import type { DatabaseManager, User } from '../../main/index.js'
import { ConvoDbError } from '../../protocol/errors.js'

const mostNames = 10_000

/** What users are called, each asked for once. */
export class Names {
  readonly #db: DatabaseManager
  readonly #names = new Map<string, string>()

  constructor(db: DatabaseManager) {
    this.#db = db
  }

  /** Learns the names of these users, where they are not known. */
  async learn(userIds: readonly string[]): Promise<void> {
    const unknown = [...new Set(userIds)].filter((userId) => !this.#names.has(userId))
    if (unknown.length === 0) return
    if (this.#names.size + unknown.length > mostNames) this.#names.clear()
    const users = await this.#db.getUsers(unknown).catch(nobody)
    for (const userId of unknown) this.#names.set(userId, userId)
    for (const { userId, displayName } of users) this.#names.set(userId, displayName ?? userId)
  }

  of(userId: string): string {
    return this.#names.get(userId) ?? userId
  }
}

/** A key for certain channels may read what was said there, and knows no users: their ids stand for their names. */
function nobody(error: unknown): User[] {
  if (error instanceof ConvoDbError && error.code === 'FORBIDDEN') return []
  throw error
}
