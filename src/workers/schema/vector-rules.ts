/** What is known of an embedding by its vector, its owner or where the owner stands is not so any more. */
const settleAnew = (embeddings: string): string => `
  INSERT OR IGNORE INTO removed_vectors (block_key, embedding_key)
  SELECT block_key, embedding_key FROM blocked_vectors WHERE embedding_key IN (${embeddings});
  DELETE FROM blocked_vectors WHERE embedding_key IN (${embeddings});
  INSERT OR IGNORE INTO unblocked_vectors (embedding_key)
  SELECT embedding_key FROM embeddings WHERE embedding_key IN (${embeddings});`

const ofMessage = `SELECT embedding_key FROM embeddings WHERE message_key = NEW.message_key`
const ofSegment = `SELECT embedding_key FROM embeddings WHERE segment_key = NEW.segment_key`

/**
 * Blocks of vectors follow from the embeddings (docs/decisions/0040-blocks-of-vectors.md). Triggers only note what is to be done, whoever
 * makes the change; the writer does it before it commits.
 */
export const vectorRules = `
CREATE TRIGGER embeddings_insert_vector AFTER INSERT ON embeddings BEGIN
  INSERT OR IGNORE INTO unblocked_vectors (embedding_key) VALUES (NEW.embedding_key);
END;

CREATE TRIGGER embeddings_delete_vector AFTER DELETE ON embeddings BEGIN
  DELETE FROM unblocked_vectors WHERE embedding_key = OLD.embedding_key;
  INSERT OR IGNORE INTO removed_vectors (block_key, embedding_key)
  SELECT block_key, embedding_key FROM blocked_vectors WHERE embedding_key = OLD.embedding_key;
  DELETE FROM blocked_vectors WHERE embedding_key = OLD.embedding_key;
END;

CREATE TRIGGER embeddings_update_vector
AFTER UPDATE OF embedding_key, message_key, segment_key, model_key, vector ON embeddings BEGIN
  DELETE FROM unblocked_vectors WHERE embedding_key = OLD.embedding_key;
  INSERT OR IGNORE INTO removed_vectors (block_key, embedding_key)
  SELECT block_key, embedding_key FROM blocked_vectors WHERE embedding_key = OLD.embedding_key;
  DELETE FROM blocked_vectors WHERE embedding_key = OLD.embedding_key;
  INSERT OR IGNORE INTO unblocked_vectors (embedding_key) VALUES (NEW.embedding_key);
END;

CREATE TRIGGER messages_update_vector AFTER UPDATE OF channel_key, user_key, timestamp ON messages
WHEN OLD.channel_key <> NEW.channel_key OR OLD.user_key <> NEW.user_key OR OLD.timestamp <> NEW.timestamp
BEGIN${settleAnew(ofMessage)}
END;

CREATE TRIGGER conversation_segments_update_vector AFTER UPDATE OF channel_key, start_time ON conversation_segments
WHEN OLD.channel_key <> NEW.channel_key OR OLD.start_time <> NEW.start_time
BEGIN${settleAnew(ofSegment)}
END;
`
