/** Tables that follow from others, or by which ConvoDB finds its way: only our own triggers and statements write them. */
export const internalTables: ReadonlySet<string> = new Set([
  'channel_messages',
  'user_messages',
  'user_name_suffixes',
  'indexed_messages',
  'indexed_words',
  'message_words',
  'message_blocks',
  'deleted_message_keys',
  'forgotten_users',
  'committed_batches',
  'idempotency_keys',
  'segmenting_places',
  'embedding_places',
  'pending_embeddings',
  'name_folding',
  'changes',
  'vector_blocks',
  'blocked_vectors',
  'unblocked_vectors',
  'removed_vectors',
  'vector_coding',
  'convodb_lease',
])

/** What a borrower may not change the schema of, nor put in front of: a temporary table hides the one of its name. */
export const ourTables: ReadonlySet<string> = new Set([
  'channels',
  'messages',
  'users',
  'user_profiles',
  'conversation_segments',
  'segment_messages',
  'embedding_models',
  'embeddings',
  ...internalTables,
])
