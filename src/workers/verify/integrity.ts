import type { Check } from './inspection.js'

// PRAGMA takes no parameters; as many messages as this name the damage well enough.
const checkIntegrity = 'PRAGMA integrity_check(100)'

/** SQLite's own check of its pages, indexes and constraints (https://www.sqlite.org/pragma.html#pragma_integrity_check). */
export const integrity: Check = {
  name: 'integrity',
  snapshot: 'check',
  run(inspection) {
    const messages = inspection.connection.column<string>(checkIntegrity)
    for (const message of messages) if (message !== 'ok') inspection.report({ message })
  },
}
