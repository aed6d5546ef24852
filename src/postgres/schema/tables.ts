/** What belongs to a channel: a cluster divides it by `channel_id`. All others are where the first one's rows of a channel are. */
export const contentTables = [
  'channels',
  'segmenting_places',
  'messages',
  'message_reactions',
  'message_versions',
  'message_terms',
  'long_message_terms',
  'conversation_segments',
  'segment_messages',
  'message_embeddings',
  'segment_embeddings',
] as const

/** All else stays on the node that clients connect to. */
export const catalogueTables = [
  'convodb_schema',
  'message_places',
  'segment_places',
  'long_ids',
  'users',
  'user_profiles',
  'forgotten_users',
  'embedding_models',
  'embedding_places',
  'pending_embeddings',
  'history_setting',
  'messages_to_index',
  'indexed_words',
  'idempotency_keys',
  'writer_commits',
  'server_keys',
  'stored_messages',
  'changes',
] as const
