import type pg from 'pg'
import { settingsOfPooled } from './connect.js'

const selectProcess = `SELECT pg_backend_pid() AS "processId"`

/**
 * Says where a pooler is in between that nobody was told of: it has the connection believe that its process is another than it is. One
 * that was configured to let the settings at the start pass is met without an error, and statements may be another client's.
 */
export async function warnOfPooler(client: pg.Client): Promise<void> {
  if (settingsOfPooled(client) !== undefined) return
  const believed: unknown = Reflect.get(client, 'processID')
  const { rows } = await client.query<{ processId: number }>(selectProcess)
  if (rows[0]?.processId === believed) return
  process.emitWarning(
    'The URL leads to a pooler of connections: say so by ?pooled=true at its end, unless it gives each client a connection for good',
    { code: 'CONVODB_POOLER' },
  )
}
