import { chmodSync, readFileSync } from 'node:fs'
import Database from 'better-sqlite3'

/** Versions of the schema that have a folder in `test/fixtures`: every one that was released. */
export const fixtureVersions = [1] as const
type FixtureVersion = (typeof fixtureVersions)[number]

const fixtureText = (path: string): string =>
  readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8')

/** The text of a migration as it was when it was released. Whatever becomes of `src`, this stays. */
export const releasedSchema = (version: FixtureVersion): string => fixtureText(`schema-${version}/schema.sql`)

/** What every fixture holds, as the calls of the library answer it, in JSON form. */
export const fixtureRows = (): unknown => JSON.parse(fixtureText('rows.json'))

/** Who was forgotten in the fixtures. */
export const forgottenUserId = 'mallory'

/** Makes the file that a ConvoDB of that version left behind, of nothing but the texts in `test/fixtures`. */
export function makeFixture(version: FixtureVersion, path: string): void {
  const database = new Database(path)
  database.pragma('journal_mode = WAL')
  for (const step of fixtureVersions.slice(0, version)) database.exec(releasedSchema(step))
  database.exec(fixtureText(`schema-${version}/rows.sql`))
  database.exec(`PRAGMA application_id = 0x636e766f; PRAGMA user_version = ${version}`)
  database.close()
  // As ours are; a wider one would be warned about.
  chmodSync(path, 0o600)
}
