import Database from 'better-sqlite3'

const schema = `
  CREATE TABLE channels (channel_id TEXT PRIMARY KEY, guild_id TEXT NOT NULL,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP, last_active DATETIME DEFAULT CURRENT_TIMESTAMP,
    message_count INTEGER DEFAULT 0, vector_enabled BOOLEAN DEFAULT TRUE, config_profile TEXT DEFAULT 'auto', metadata TEXT);
  CREATE TABLE messages (message_id TEXT PRIMARY KEY, channel_id TEXT NOT NULL, user_id TEXT NOT NULL, content TEXT NOT NULL,
    content_processed TEXT, timestamp DATETIME NOT NULL, message_type TEXT DEFAULT 'user', relevance_score REAL DEFAULT 0.0,
    metadata TEXT);
  CREATE TABLE embeddings (id INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT NOT NULL, channel_id TEXT NOT NULL, user_id TEXT,
    vector_data BLOB NOT NULL, model_version TEXT NOT NULL, dimension INTEGER NOT NULL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
  CREATE TABLE users (user_id TEXT PRIMARY KEY, discord_id TEXT, display_name TEXT,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP, last_active DATETIME DEFAULT CURRENT_TIMESTAMP, user_data TEXT, preferences TEXT);
  CREATE TABLE user_profiles (profile_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, profile_data TEXT, interaction_history TEXT,
    updated_at DATETIME DEFAULT CURRENT_TIMESTAMP);
  CREATE TABLE performance_metrics (metric_id TEXT PRIMARY KEY, metric_type TEXT NOT NULL, value REAL NOT NULL);
  CREATE TABLE conversation_segments (segment_id TEXT PRIMARY KEY, channel_id TEXT NOT NULL, start_time DATETIME NOT NULL,
    end_time DATETIME NOT NULL, message_count INTEGER NOT NULL, semantic_coherence_score REAL DEFAULT 0.0,
    activity_level REAL DEFAULT 0.0, segment_summary TEXT, vector_data BLOB, created_at DATETIME, updated_at DATETIME,
    metadata TEXT);
  CREATE TABLE segment_messages (segment_id TEXT NOT NULL, message_id TEXT NOT NULL, position_in_segment INTEGER NOT NULL,
    semantic_contribution_score REAL DEFAULT 0.0, PRIMARY KEY (segment_id, message_id));
`

/** Little-endian float32, as numpy's tobytes() gives them on the machines it ran on. */
function toBlob(...numbers: readonly number[]): Buffer {
  const blob = Buffer.alloc(4 * numbers.length)
  numbers.forEach((number, index) => blob.writeFloatLE(number, 4 * index))
  return blob
}

/**
 * A small database of the original's schema, with faults that it let happen: a wrong count, a message of no channel, a member that is
 * gone, a vector of another dimension than its row says.
 *
 * @param options `keepOpen` hands the connection over, in WAL mode and with all in the log.
 */
export function makePythonDatabase(path: string, { keepOpen = false } = {}): Database.Database | undefined {
  const database = new Database(path)
  database.pragma('journal_mode = WAL')
  database.exec(schema)
  database.exec(`
    INSERT INTO channels VALUES ('c1', 'g1', '2024-02-01 00:00:00', '2024-03-01 12:00:00', 7, 1, 'auto', NULL);
    INSERT INTO messages VALUES
      ('m1', 'c1', 'u1', 'hello', 'HELLO', '2024-03-01 12:00:00', 'user', 0.5, '{"mood":"good"}'),
      ('m2', 'c1', 'u2', 'hi', NULL, '2024-03-01T12:00:00.250000+02:00', 'assistant', 0.0, NULL),
      ('m3', 'c1', 'u1', '', NULL, '2024-03-01T12:00:01', 'user', 0.0, 'no JSON'),
      ('m4', 'lost', 'u1', 'where?', NULL, '2024-03-01 12:00:02', 'user', 0.0, NULL);
    INSERT INTO users VALUES
      ('u1', '11', 'Ada', '2024-01-01 00:00:00', '2024-03-01 12:00:00', NULL, NULL),
      ('u2', '22', 'Grace', '2024-01-02 00:00:00', '2024-05-01 00:00:00', '{}', '{"theme":"dark"}');
    INSERT INTO user_profiles VALUES ('p1', 'u1', '{"likes":["tea"]}', '[1,2]', '2024-03-02 00:00:00');
    INSERT INTO performance_metrics VALUES ('x', 'latency', 1.5);
    INSERT INTO segment_messages VALUES ('seg_1', 'm1', 5, 0.9), ('seg_1', 'm2', 0, 0.0), ('seg_1', 'gone', 6, 0.0);
  `)
  database
    .prepare(
      `INSERT INTO conversation_segments VALUES ('seg_1', 'c1', '2024-03-01 10:00:00', '2024-03-01 12:00:00', 3, 0.75, 1.5,
      'a greeting', ?, NULL, NULL, NULL)`,
    )
    .run(toBlob(1, 2))
  const embedding = database.prepare(
    `INSERT INTO embeddings (message_id, channel_id, vector_data, model_version, dimension) VALUES (?, 'c1', ?, 'mini', ?)`,
  )
  embedding.run('m1', toBlob(0.5, -1, 2), 3)
  embedding.run('m2', toBlob(1, 2), 3)
  if (keepOpen) return database
  database.close()
  return undefined
}
