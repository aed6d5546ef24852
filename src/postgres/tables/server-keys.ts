import type { Session } from '../connection/session.js'

/** A key of a server's as it is kept: never the key itself. */
export interface KeptKey {
  readonly keyId: string
  readonly digest: string
  readonly scope: string
  readonly channels: readonly string[] | null
  readonly name: string | null
  readonly createdAt: string
  readonly expiresAt: string | null
}

// There are few, and all of them are wanted.
const selectAll = `
  SELECT key_id AS "keyId", digest, scope, channels, name, created_at AS "createdAt", expires_at AS "expiresAt"
  FROM server_keys ORDER BY created_at, key_id`
const insertKey = `
  INSERT INTO server_keys (key_id, digest, scope, channels, name, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (key_id) DO NOTHING`
const selectOther = `SELECT 1 AS found FROM server_keys WHERE key_id <> $1 LIMIT 1`
const selectOwn = `SELECT 1 AS found FROM server_keys WHERE key_id = $1 AND digest = $2`
const lockFirst = `SELECT pg_advisory_xact_lock(7105)`
const deleteKey = `DELETE FROM server_keys WHERE key_id = $1`
const selectVersion = `
  SELECT count(*) || ' ' || coalesce(sum(hashtextextended(
    ROW (key_id, digest, scope, channels, name, created_at, expires_at)::text, 0
  )), 0) AS version FROM server_keys`

interface Row extends Omit<KeptKey, 'channels'> {
  readonly channels: string | null
}

export async function listKeys(session: Session): Promise<KeptKey[]> {
  const rows = await session.all<Row>(selectAll)
  return rows.map((row) => ({ ...row, channels: row.channels === null ? null : JSON.parse(row.channels) }))
}

const valuesOf = ({ keyId, digest, scope, channels, name, createdAt, expiresAt }: KeptKey) => [
  keyId,
  digest,
  scope,
  channels === null ? null : JSON.stringify(channels),
  name,
  createdAt,
  expiresAt,
]

/** One that is there already stays as it is. */
export async function addKey(session: Session, key: KeptKey): Promise<void> {
  await session.run(insertKey, valuesOf(key))
}

/** Only where there is none yet, however many come at once; tells whether it was. To be called in a transaction. */
export async function addFirstKey(session: Session, key: KeptKey): Promise<boolean> {
  await session.all(lockFirst)
  if ((await session.get(selectOther, [key.keyId])) === undefined) await addKey(session, key)
  // Also when it is there by an earlier try, of whose end nothing was heard.
  return (await session.get(selectOwn, [key.keyId, key.digest])) !== undefined
}

export async function deleteKeyById(session: Session, keyId: string): Promise<boolean> {
  return (await session.run(deleteKey, [keyId])) > 0
}

/** Another text where the keys are others. */
export async function readKeysVersion(session: Session): Promise<string> {
  const row = await session.get<{ version: string }>(selectVersion)
  return row?.version ?? ''
}
