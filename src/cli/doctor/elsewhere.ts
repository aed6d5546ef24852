import type { Place } from '../connection.js'
import { openPlaceToRead } from '../connection.js'
import { fail, ok, type Finding } from './finding.js'
import { ConvoDbError } from '../../protocol/errors.js'

const advices: Readonly<Record<string, string>> = {
  UNREACHABLE: 'see whether it runs, and whether the address and the port are right',
  UNAUTHORIZED: 'make a key with "convodb keys create" where its database is',
  FORBIDDEN: 'use a key that may read',
  UNSUPPORTED: 'install what it names',
  NOT_FOUND: 'make it: "convodb import" or "convodb serve" do',
}

/** A server or a PostgreSQL database: whether it answers. */
export async function examineElsewhere(place: Place): Promise<readonly Finding[]> {
  const check = 'db' in place ? 'database' : 'server'
  const startedAtMs = performance.now()
  try {
    await using db = await openPlaceToRead(place)
    await db.listChannels({ limit: 1 })
    return [ok(check, `${db.path} answers in ${Math.ceil(performance.now() - startedAtMs)} ms`)]
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const code = error instanceof ConvoDbError ? error.code : ''
    const advice = advices[code] ?? 'see what its log says'
    return [fail(check, code === '' ? message : `${message} (${code})`, advice)]
  }
}
