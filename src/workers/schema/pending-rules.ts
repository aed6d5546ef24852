/** What was asked for before is pending anew, once whoever has it now has stored what they make of it. */
const pend = (owner: 'message' | 'segment', ownerKey: string, rows: string): string => `
  INSERT INTO pending_embeddings (place_key, owner_key, due_at, lease, is_changed)
  SELECT place_key, ${ownerKey}, 0, NULL, 0 FROM ${rows}
  WHERE owner = '${owner}' AND last_key >= ${ownerKey}`

const changed = `
  ON CONFLICT (place_key, owner_key) DO UPDATE SET
    due_at = iif(lease IS NULL, 0, due_at), is_changed = (lease IS NOT NULL);`

const places = 'embedding_places'

/** The text of a segment without a summary is that of its members. */
const segmentsOfMessage = `segment_messages AS members
  CROSS JOIN conversation_segments AS segments ON segments.segment_key = members.segment_key
  CROSS JOIN embedding_places`
const speaksByMembers = `coalesce(segments.summary, '') = ''`
const pendSegmentOf = (member: 'OLD' | 'NEW'): string =>
  `${pend('segment', 'segments.segment_key', 'conversation_segments AS segments CROSS JOIN embedding_places')}
    AND segments.segment_key = ${member}.segment_key AND ${speaksByMembers}${changed}`

const drop = (owner: 'message' | 'segment', ownerKey: string): string => `
  DELETE FROM pending_embeddings
  WHERE place_key IN (SELECT place_key FROM embedding_places WHERE owner = '${owner}') AND owner_key = ${ownerKey};`

/** The place of an embedding's model and owner, if anybody ever asked for what is pending there. */
const placeOf = (row: 'OLD' | 'NEW'): string => `owner = iif(${row}.message_key IS NULL, 'segment', 'message')
    AND embedding_places.model = (SELECT model FROM embedding_models WHERE model_key = ${row}.model_key)`
const isPendingRowOf = (row: 'OLD' | 'NEW'): string => `
  place_key = (SELECT place_key FROM embedding_places WHERE ${placeOf(row)})
    AND owner_key = coalesce(${row}.message_key, ${row}.segment_key)`

/** A vector was stored, by whomever: nothing is pending, unless the content has changed since it was asked for. */
const settle = `
  DELETE FROM pending_embeddings WHERE ${isPendingRowOf('NEW')} AND is_changed = 0;
  UPDATE pending_embeddings SET due_at = 0, lease = NULL, is_changed = 0 WHERE ${isPendingRowOf('NEW')};`

/** A vector is gone, and its owner is not. */
const pendAgain = `
  INSERT INTO pending_embeddings (place_key, owner_key, due_at, lease, is_changed)
  SELECT place_key, coalesce(OLD.message_key, OLD.segment_key), 0, NULL, 0 FROM embedding_places
  WHERE ${placeOf('OLD')} AND last_key >= coalesce(OLD.message_key, OLD.segment_key) AND (
    EXISTS (SELECT 1 FROM messages WHERE message_key = OLD.message_key)
    OR EXISTS (SELECT 1 FROM conversation_segments WHERE segment_key = OLD.segment_key)
  )
  ON CONFLICT (place_key, owner_key) DO NOTHING;`

/**
 * What is pending follows from messages, segments and vectors, whoever changes them (docs/decisions/0043-pending-embeddings.md). Nothing hangs
 * on the insert of a message: it comes behind all places.
 */
export const pendingRules = `
-- Messages or segments up to last_key were looked at for vectors of a model: each has one, or a row in pending_embeddings
-- (docs/decisions/0043-pending-embeddings.md).
CREATE TABLE embedding_places (
  place_key INTEGER PRIMARY KEY,
  owner TEXT NOT NULL,
  model TEXT NOT NULL,
  last_key INTEGER NOT NULL,
  checksum INTEGER NOT NULL DEFAULT -1,
  UNIQUE (owner, model)
) STRICT;

-- Those of them that lack a vector, or have one of another content: leased to somebody until due_at, or to be leased from then on. Who
-- was skipped is never due. is_changed says that the content changed since it was leased.
CREATE TABLE pending_embeddings (
  place_key INTEGER NOT NULL REFERENCES embedding_places ON DELETE CASCADE,
  owner_key INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  lease INTEGER,
  is_changed INTEGER NOT NULL,
  PRIMARY KEY (place_key, owner_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_embeddings_by_due ON pending_embeddings (place_key, due_at, owner_key);

CREATE TRIGGER embeddings_insert_pending AFTER INSERT ON embeddings BEGIN${settle}
END;

CREATE TRIGGER embeddings_update_pending AFTER UPDATE OF message_key, segment_key, model_key, vector ON embeddings BEGIN${settle}
END;

CREATE TRIGGER embeddings_moved_pending AFTER UPDATE OF message_key, segment_key, model_key ON embeddings
WHEN OLD.message_key IS NOT NEW.message_key OR OLD.segment_key IS NOT NEW.segment_key OR OLD.model_key <> NEW.model_key
BEGIN${pendAgain}
END;

CREATE TRIGGER embeddings_delete_pending AFTER DELETE ON embeddings BEGIN${pendAgain}
END;

CREATE TRIGGER messages_update_pending AFTER UPDATE OF content ON messages WHEN OLD.content <> NEW.content BEGIN${pend('message', 'NEW.message_key', places)}${changed}${pend('segment', 'segments.segment_key', segmentsOfMessage)}
    AND members.message_key = NEW.message_key AND ${speaksByMembers}${changed}
END;

CREATE TRIGGER messages_delete_pending AFTER DELETE ON messages BEGIN${drop('message', 'OLD.message_key')}
END;

CREATE TRIGGER segment_messages_insert_pending AFTER INSERT ON segment_messages BEGIN${pendSegmentOf('NEW')}
END;

CREATE TRIGGER segment_messages_update_pending AFTER UPDATE OF segment_key, position, message_key ON segment_messages
WHEN OLD.segment_key <> NEW.segment_key OR OLD.position <> NEW.position OR OLD.message_key <> NEW.message_key
BEGIN${pendSegmentOf('OLD')}${pendSegmentOf('NEW')}
END;

CREATE TRIGGER segment_messages_delete_pending AFTER DELETE ON segment_messages BEGIN${pendSegmentOf('OLD')}
END;

-- A borrower may choose a key that nobody used.
CREATE TRIGGER conversation_segments_insert_pending AFTER INSERT ON conversation_segments BEGIN${pend('segment', 'NEW.segment_key', places)}${changed}
END;

CREATE TRIGGER conversation_segments_update_pending AFTER UPDATE OF summary ON conversation_segments
WHEN coalesce(OLD.summary, '') <> coalesce(NEW.summary, '')
BEGIN${pend('segment', 'NEW.segment_key', places)}${changed}
END;

CREATE TRIGGER conversation_segments_delete_pending AFTER DELETE ON conversation_segments BEGIN${drop('segment', 'OLD.segment_key')}
END;
`
