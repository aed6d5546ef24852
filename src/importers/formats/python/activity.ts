import type { PythonRow } from '../../../protocol/python-database.js'
import { found, type Found } from '../../found.js'
import { textOf, timeOf } from './columns.js'

interface Activity {
  readonly userId: string
  readonly firstSeen: number | string
  readonly lastActive: number | string
}

/** When users were first and last there, which goes in after all that they wrote, and only widens what follows from that. */
export class ActivityOfUsers {
  readonly #users: Activity[] = []

  note(row: PythonRow): void {
    const userId = textOf(row, 'user_id')
    const lastActive = timeOf(row, 'last_active')
    if (userId === undefined || lastActive === undefined) return
    this.#users.push({ userId, lastActive, firstSeen: timeOf(row, 'created_at') ?? lastActive })
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
