import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { temporaryDatabase } from '../support/databases.js'

/** What the tables of docs/sql.md say: each one's first column names a table and then its columns. */
async function documentedColumns(): Promise<Map<string, string[]>> {
  const tables = new Map<string, string[]>()
  let columns: string[] | undefined
  for (const line of (await readFile('docs/sql.md', 'utf8')).split('\n')) {
    const name = /^\| `(\w+)`/.exec(line)?.[1]
    if (!line.startsWith('|')) columns = undefined
    else if (name !== undefined && columns === undefined) tables.set(name, (columns = []))
    else if (name !== undefined) columns?.push(name)
  }
  return tables
}

/** They follow from other columns and are no part of the interface. */
const ours: ReadonlySet<unknown> = new Set(['checksum', 'activity_check'])

describe('the tables of docs/sql.md', () => {
  it('have the columns that are named there, in that order, and no others but ours', async () => {
    const db = await temporaryDatabase()
    const documented = await documentedColumns()
    expect([...documented.keys()]).toHaveLength(8)
    for (const mode of ['read', 'write'] as const) {
      await db.withConnection(
        async (connection) => {
          for (const [table, columns] of documented) {
            const rows = await connection.all(`SELECT name FROM pragma_table_info('${table}')`)
            expect(
              rows.map(({ name }) => name).filter((name) => !ours.has(name)),
              `${mode}: ${table}`,
            ).toEqual(columns)
          }
        },
        { mode },
      )
    }
  })
})
