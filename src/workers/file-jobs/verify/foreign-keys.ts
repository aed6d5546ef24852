import type { Check } from './inspection.js'

// https://www.sqlite.org/pragma.html#pragma_foreign_key_check; tables without a rowid have null there.
const selectViolations = `
  SELECT violations."table", violations.rowid AS key, violations.parent
  FROM pragma_foreign_key_check AS violations LIMIT ?`

interface Violation {
  readonly table: string
  readonly key: number | null
  readonly parent: string
}

/** Rows that refer to rows which are not there. */
export const foreignKeys: Check = {
  name: 'foreignKeys',
  snapshot: 'check',
  run(inspection) {
    for (const { table, key, parent } of inspection.connection.all<Violation>(selectViolations, [
      inspection.room,
    ])) {
      const message = `It refers to a row of ${parent} that is not there`
      inspection.report(key === null ? { table, message } : { table, key: String(key), message })
    }
  },
}
