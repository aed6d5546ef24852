import type { PythonRow } from '../../../protocol/python-database.js'
import { found, type Found } from '../../found.js'
import type { Notes } from '../../notes.js'
import { optionalTimeOf, textOf, timeOf } from './columns.js'

interface Activity {
  readonly userId: string
  readonly firstSeen: number
  readonly lastActive: number
}

/** When users were first and last there, which goes in after all that they wrote, and only widens what follows from that. */
export class ActivityOfUsers {
  readonly #users: Activity[] = []

  note(row: PythonRow, notes: Notes): void {
    const userId = textOf(row, 'user_id')
    const lastActive = optionalTimeOf(row, 'last_active', notes)
    if (userId === undefined || lastActive === undefined) return
    const createdAt = timeOf(row, 'created_at')
    this.#users.push({
      userId,
      lastActive,
      firstSeen: typeof createdAt === 'number' ? createdAt : lastActive,
    })
  }

  *tell(file: string): Generator<Found> {
    for (const [index, activity] of this.#users.entries()) {
      yield found(
        { file, at: `users[${index + 1}]` },
        // Counted by nobody: those who wrote are counted by what they wrote.
        { kind: 'activity', model: { ...activity, messageCount: 0 } },
      )
    }
  }
}
