import type { ReadConnection } from '../connection/connection.js'

export const selectLastKey = `
  SELECT max(
    (SELECT coalesce(max(message_key), 0) FROM main.messages),
    (SELECT last_key FROM deleted_message_keys WHERE id = 1),
    (SELECT last_key FROM indexed_messages WHERE id = 1)
  ) AS lastKey`

/** The greatest key that any message has or had. */
export function readLastKey(connection: ReadConnection): number {
  return connection.get<{ lastKey: number }>(selectLastKey)?.lastKey ?? 0
}
