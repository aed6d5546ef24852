import type pg from 'pg'
import type { VerifyCheck, VerifyProblem, VerifyProgress, VerifyReport } from '../protocol/verify.js'
import { begin } from './connection/begin.js'
import { connect, cut, type ConnectSettings } from './connection/connect.js'
import { isConnectionLost, toError, toOpeningError } from './connection/errors.js'
import { Session } from './connection/session.js'
import { readShape } from './schema/distribute.js'
import { migrate } from './schema/migrate.js'
import { checkDirections } from './vectors/check-directions.js'

interface Check {
  readonly check: VerifyCheck
  readonly table: string
  /** Rows that are not as they should be: a key and what it is about, `$1` of them at most. */
  readonly sql: string
  readonly message: (found: Found) => string
}

interface Found {
  readonly key: string
  readonly expected: string | null
  readonly actual: string | null
}

// A cluster compares the catalogue with its nodes by what one of both has, brought to the other.
const liftLimit = `SET LOCAL citus.max_intermediate_result_size TO -1`
const none = `NULL AS expected, NULL AS actual`

/** What can drift where statements, not triggers, keep it. The catalogue is compared with the content by LEFT JOIN. */
const checks: readonly Check[] = [
  {
    check: 'places',
    table: 'message_places',
    sql: `
      /* all nodes */ SELECT places.message_id AS key, ${none} FROM message_places AS places
      LEFT JOIN messages ON messages.message_key = places.message_key AND messages.channel_id = places.channel_id
        AND messages.message_id = places.message_id
      WHERE messages.message_key IS NULL LIMIT $1`,
    message: ({ key }) => `The place of message '${key}' leads to no message`,
  },
  {
    check: 'places',
    table: 'messages',
    sql: `
      /* all nodes */ SELECT messages.message_id AS key, ${none} FROM messages
      LEFT JOIN message_places AS places ON places.message_id = messages.message_id AND places.message_key = messages.message_key
        AND places.channel_id = messages.channel_id
      WHERE places.message_id IS NULL LIMIT $1`,
    message: ({ key }) => `Message '${key}' has no place that leads to it`,
  },
  {
    check: 'places',
    table: 'segment_places',
    sql: `
      /* all nodes */ SELECT places.segment_id AS key, ${none} FROM segment_places AS places
      LEFT JOIN conversation_segments AS segments ON segments.segment_key = places.segment_key
        AND segments.channel_id = places.channel_id AND segments.segment_id = places.segment_id
      WHERE segments.segment_id IS NULL LIMIT $1`,
    message: ({ key }) => `The place of segment '${key}' leads to no segment`,
  },
  {
    check: 'places',
    table: 'conversation_segments',
    sql: `
      /* all nodes */ SELECT segments.segment_id AS key, ${none} FROM conversation_segments AS segments
      LEFT JOIN segment_places AS places ON places.segment_id = segments.segment_id AND places.segment_key = segments.segment_key
        AND places.channel_id = segments.channel_id
      WHERE places.segment_id IS NULL LIMIT $1`,
    message: ({ key }) => `Segment '${key}' has no place that leads to it`,
  },
  {
    check: 'references',
    table: 'messages',
    sql: `
      /* all nodes */ SELECT DISTINCT messages.channel_id AS key, ${none} FROM messages
      LEFT JOIN channels ON channels.channel_id = messages.channel_id WHERE channels.channel_id IS NULL LIMIT $1`,
    message: ({ key }) => `There are messages of channel '${key}', and there is no such channel`,
  },
  {
    check: 'references',
    table: 'messages',
    sql: `
      /* all nodes */ SELECT DISTINCT messages.user_id AS key, ${none} FROM messages
      LEFT JOIN users ON users.user_id = messages.user_id WHERE users.user_id IS NULL LIMIT $1`,
    message: ({ key }) => `There are messages of user '${key}', and there is no such user`,
  },
  {
    check: 'references',
    table: 'user_profiles',
    sql: `
      SELECT profiles.user_id AS key, ${none} FROM user_profiles AS profiles
      LEFT JOIN users ON users.user_id = profiles.user_id WHERE users.user_id IS NULL LIMIT $1`,
    message: ({ key }) => `There is a profile of user '${key}', and there is no such user`,
  },
  {
    check: 'counters',
    table: 'channels',
    sql: `
      /* all nodes */ SELECT channels.channel_id AS key, coalesce(counted.count, 0)::text AS expected, channels.message_count::text AS actual
      FROM channels
      LEFT JOIN (SELECT channel_id, count(*) AS count FROM messages GROUP BY channel_id) AS counted
        ON counted.channel_id = channels.channel_id
      WHERE channels.message_count <> coalesce(counted.count, 0) LIMIT $1`,
    message: ({ key, expected, actual }) =>
      `Channel '${key}' has ${expected} messages, and its counter says ${actual}`,
  },
  {
    check: 'counters',
    table: 'users',
    sql: `
      /* all nodes */ SELECT users.user_id AS key, coalesce(counted.count, 0)::text AS expected, users.message_count::text AS actual FROM users
      LEFT JOIN (SELECT user_id, count(*) AS count FROM messages GROUP BY user_id) AS counted ON counted.user_id = users.user_id
      WHERE users.message_count <> coalesce(counted.count, 0) LIMIT $1`,
    message: ({ key, expected, actual }) =>
      `User '${key}' has ${expected} messages, and their counter says ${actual}`,
  },
  {
    check: 'words',
    table: 'message_terms',
    sql: `
      /* all nodes */ SELECT messages.message_id AS key, ${none} FROM messages
      LEFT JOIN message_terms AS terms ON terms.message_key = messages.message_key AND terms.channel_id = messages.channel_id
      LEFT JOIN long_message_terms AS parts
        ON parts.message_key = messages.message_key AND parts.channel_id = messages.channel_id AND parts.part = 0
      LEFT JOIN (
        SELECT places.channel_id, places.message_key FROM messages_to_index AS entries
        CROSS JOIN LATERAL unnest(entries.channel_ids, entries.message_keys) AS places (channel_id, message_key)
      ) AS waiting ON waiting.message_key = messages.message_key AND waiting.channel_id = messages.channel_id
      WHERE terms.message_key IS NULL AND parts.message_key IS NULL AND waiting.message_key IS NULL LIMIT $1`,
    message: ({ key }) =>
      `The words of message '${key}' are not indexed, and nothing says that they are to be`,
  },
  ...(['message', 'segment'] as const).map((owner): Check => ({
    check: 'vectors',
    table: `${owner}_embeddings`,
    sql: `
      /* all nodes */ SELECT embeddings.${owner}_key::text AS key, (4 * models.dimension)::text AS expected,
        length(embeddings.vector)::text AS actual
      FROM ${owner}_embeddings AS embeddings
      LEFT JOIN embedding_models AS models ON models.model_key = embeddings.model_key
      WHERE models.model_key IS NULL OR length(embeddings.vector) <> 4 * models.dimension LIMIT $1`,
    message: ({ expected, actual }) =>
      `A vector has ${actual} bytes, and its model's have ${expected ?? 'none'}`,
  })),
]

export interface VerifyEngineOptions {
  readonly maxProblems: number
  readonly signal: AbortSignal | undefined
  onProgress(progress: VerifyProgress): void
}

async function connectFor(settings: ConnectSettings): Promise<pg.Client> {
  try {
    return await connect({ ...settings, statementTimeoutMs: 0 })
  } catch (error) {
    throw toError(error)
  }
}

/** @throws NOT_FOUND, OLDER_SCHEMA, NEWER_SCHEMA, CANNOT_OPEN */
async function assertMigrated(client: pg.Client): Promise<void> {
  try {
    await migrate(client, { create: false, readOnly: true })
  } catch (error) {
    throw isConnectionLost(error) ? error : toOpeningError(error)
  }
}

/**
 * Compares what can drift, in one snapshot: places with messages, references, counters with rows, which messages' words are indexed, vectors
 * with their models and with what pgvector has of them. Rows have no checksums here: whether a page is damaged the server finds by its own (`data_checksums`).
 */
export async function verifyEngine(
  settings: ConnectSettings,
  path: string,
  { maxProblems, signal, onProgress }: VerifyEngineOptions,
): Promise<VerifyReport> {
  const startedAtMs = performance.now()
  const client = await connectFor(settings)
  const cancel = (): void => cut(client)
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    const session = new Session(client)
    await begin(client, 'read')
    await assertMigrated(client)
    if ((await readShape(client)) !== undefined) await client.query(liftLimit)
    const problems: VerifyProblem[] = []
    for (const [index, { check, table, sql, message }] of checks.entries()) {
      const room = maxProblems - problems.length + 1
      for (const found of await session.all<Found>(sql, [room]))
        problems.push({ check, table, key: found.key, message: message(found) })
      onProgress({ check, share: (index + 1) / (checks.length + 1), checkedRows: 0 })
      if (problems.length > maxProblems) break
    }
    if (problems.length <= maxProblems) {
      for await (const found of checkDirections(session)) {
        problems.push(...found)
        if (problems.length > maxProblems) break
      }
      onProgress({ check: 'vectors', share: 1, checkedRows: 0 })
    }
    const hasMoreProblems = problems.length > maxProblems
    return {
      path,
      isOk: problems.length === 0,
      problems: problems.slice(0, maxProblems),
      hasMoreProblems,
      checkedRows: 0,
      elapsedMs: performance.now() - startedAtMs,
    }
  } catch (error) {
    throw toError(error)
  } finally {
    signal?.removeEventListener('abort', cancel)
    await client.end().catch(() => 'it is gone')
  }
}
