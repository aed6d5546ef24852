import type { OperationName } from '../../protocol/operations.js'
import type { AnswerForm, Resource } from './resource.js'

const get = (path: string, operation: OperationName, answer: AnswerForm, summary: string): Resource => ({
  method: 'GET',
  path,
  operation,
  answer,
  summary,
})
const post = (path: string, operation: OperationName, answer: AnswerForm, summary: string): Resource => ({
  ...get(path, operation, answer, summary),
  method: 'POST',
})
const put = (path: string, operation: OperationName, answer: AnswerForm, summary: string): Resource => ({
  ...get(path, operation, answer, summary),
  method: 'PUT',
})
const patch = (path: string, operation: OperationName, answer: AnswerForm, summary: string): Resource => ({
  ...get(path, operation, answer, summary),
  method: 'PATCH',
})
const remove = (path: string, operation: OperationName, summary: string): Resource => ({
  ...get(path, operation, 'deleted', summary),
  method: 'DELETE',
})

/**
 * Every door. An action on a collection follows a colon (https://google.aip.dev/136): after a slash it would be taken for an id, and
 * ids are any text.
 */
export const resources: readonly Resource[] = [
  get('/v1/channels', 'listChannels', 'value', 'List channels'),
  get('/v1/channels/{channelId}', 'getChannel', 'found', 'Get a channel'),
  put('/v1/channels/{channelId}', 'upsertChannel', 'value', 'Create or change a channel'),
  remove('/v1/channels/{channelId}', 'deleteChannel', 'Delete a channel with all that is in it'),

  { ...post('/v1/messages', 'storeMessage', 'value', 'Store a message'), status: 201 },
  get('/v1/messages:search', 'searchMessages', 'value', 'Search messages by their words'),
  post('/v1/recall', 'recall', 'items', 'Recall passages by words, by meaning or by both'),
  post('/v1/messages:batch', 'addMessages', 'value', 'Store many messages'),
  post('/v1/messages:lookup', 'getMessagesByIds', 'items', 'Get messages by their ids'),
  post('/v1/messages:delete', 'deleteMessages', 'count', 'Delete messages by their ids'),
  post(
    '/v1/messages:delete-matching',
    'deleteMatchingMessages',
    'value',
    'Delete a slice of the messages of a channel or a user',
  ),
  get('/v1/messages:count', 'countMessages', 'count', 'Count messages'),
  get('/v1/messages:count-by', 'countMessagesBy', 'value', 'Count messages by day or hour'),
  get('/v1/messages:count-expired', 'countExpiredMessages', 'count', 'Count messages older than a time'),
  post(
    '/v1/messages:delete-expired',
    'deleteExpiredMessages',
    'value',
    'Delete a slice of messages older than a time',
  ),
  get('/v1/messages/{messageId}', 'getMessage', 'found', 'Get a message'),
  patch('/v1/messages/{messageId}', 'updateMessage', 'value', 'Change a message'),
  {
    ...remove('/v1/messages/{messageId}', 'deleteMessages', 'Delete a message'),
    listOf: { pathParam: 'messageId', field: 'messageIds' },
  },
  get('/v1/messages/{messageId}/reactions', 'getReactions', 'value', 'List the reactions to a message'),
  put('/v1/messages/{messageId}/reactions/{reaction}/{userId}', 'addReaction', 'count', 'React to a message'),
  remove('/v1/messages/{messageId}/reactions/{reaction}/{userId}', 'deleteReaction', 'Take a reaction back'),
  get(
    '/v1/messages/{messageId}/history',
    'getMessageHistory',
    'value',
    'List the texts that a message had before',
  ),
  remove('/v1/messages/{messageId}/history', 'deleteMessageHistory', 'Delete what was kept of a message'),
  get('/v1/messages/{messageId}/context', 'getMessageContext', 'found', 'Get a message and its neighbours'),
  get(
    '/v1/channels/{channelId}/messages',
    'getMessages',
    'value',
    'List messages of a channel, newest first',
  ),
  get(
    '/v1/channels/{channelId}/messages:count-unread',
    'countUnread',
    'count',
    'Count messages of a channel behind one that was read',
  ),

  { ...post('/v1/segments', 'createConversationSegment', 'value', 'Create a segment'), status: 201 },
  {
    ...post(
      '/v1/segments:with-messages',
      'createSegmentWithMessages',
      'value',
      'Create a segment with its messages',
    ),
    status: 201,
  },
  post('/v1/segments:message-ids', 'getSegmentMessageIds', 'items', 'Get the message ids of segments'),
  get('/v1/segments/{segmentId}', 'getConversationSegment', 'found', 'Get a segment'),
  patch('/v1/segments/{segmentId}', 'updateConversationSegment', 'value', 'Change a segment'),
  remove('/v1/segments/{segmentId}', 'deleteConversationSegment', 'Delete a segment; its messages stay'),
  get('/v1/segments/{segmentId}/messages', 'getSegmentMessages', 'items', 'List the messages of a segment'),
  post('/v1/segments/{segmentId}/messages', 'addMessagesToSegment', 'count', 'Add messages to a segment'),
  put(
    '/v1/segments/{segmentId}/messages/{messageId}',
    'addMessageToSegment',
    'count',
    'Add a message to a segment',
  ),
  get('/v1/channels/{channelId}/segments', 'getConversationSegments', 'value', 'List segments of a channel'),
  get(
    '/v1/channels/{channelId}/segments:overlapping',
    'getOverlappingSegments',
    'value',
    'List segments of a channel that overlap a time',
  ),

  get(
    '/v1/channels/{channelId}/segmenting',
    'getSegmentingStep',
    'value',
    'Read what a strategy of segmenting is to decide about next',
  ),
  post(
    '/v1/channels/{channelId}/segmenting',
    'applySegmentingStep',
    'value',
    'Store what a strategy of segmenting has decided',
  ),

  post('/v1/embeddings', 'storeEmbeddings', 'count', 'Store embeddings'),
  post('/v1/embeddings:lookup', 'getEmbeddings', 'items', 'Get embeddings by their owners'),
  post(
    '/v1/embeddings:search',
    'searchByVector',
    'items',
    'Find messages or segments by a vector, the most alike first',
  ),
  post('/v1/embeddings:delete', 'deleteEmbeddings', 'count', 'Delete embeddings by their owners'),
  post('/v1/embeddings:lease', 'leaseEmbeddings', 'value', 'Lease what has no embedding of a model yet'),
  post('/v1/embeddings:release', 'releaseEmbeddings', 'count', 'Give back, or skip, what was leased'),
  get('/v1/embeddings:progress', 'embeddingProgress', 'value', 'Count what has an embedding of a model'),

  get('/v1/users', 'listUsersByActivity', 'value', 'List users by their last activity'),
  get('/v1/users:search', 'searchByDisplayName', 'value', 'Find users by their display names'),
  post('/v1/users:lookup', 'getUsers', 'items', 'Get users by their ids'),
  get('/v1/users/{userId}', 'getUser', 'found', 'Get a user'),
  put('/v1/users/{userId}', 'upsertUser', 'value', 'Create or change a user'),
  remove('/v1/users/{userId}', 'deleteUser', 'Delete a user; what they wrote stays'),
  post('/v1/users/{userId}/forget', 'forgetUser', 'value', 'Forget a user and all they wrote'),
  post('/v1/users/{userId}/activity', 'recordActivity', 'value', 'Note that a user was active'),
  get('/v1/users/{userId}/messages', 'getUserMessages', 'value', 'List messages of a user, newest first'),
  get('/v1/users/{userId}/profile', 'getProfile', 'found', "Get a user's profile"),
  patch('/v1/users/{userId}/profile', 'updateProfile', 'value', "Merge into a user's profile (RFC 7396)"),

  get('/v1/changes', 'listChanges', 'value', 'List changes behind a cursor, in the order of their commits'),
  get('/v1/counts', 'countRows', 'value', 'Count the rows of every table'),
  post('/v1/checkpoint', 'checkpoint', 'value', 'Copy the write-ahead log into the file'),
  post('/v1/release-space', 'releaseSpace', 'value', 'Give free pages back to the file system'),
  post('/v1/optimize', 'optimize', 'nothing', 'Refresh the statistics by which queries are planned'),
  get('/v1/export', 'exportRows', 'value', 'Read a stretch of an export'),
  post('/v1/import/forgotten-users', 'importForgottenUsers', 'count', 'Import who was forgotten'),
  post('/v1/import/reactions', 'importReactions', 'count', 'Import reactions'),
  post(
    '/v1/import/message-versions',
    'importMessageVersions',
    'count',
    'Import texts that messages had before',
  ),
  post('/v1/import/models', 'importModels', 'count', 'Import embedding models'),
  post('/v1/import/user-activity', 'importUserActivity', 'count', 'Import what users did'),
]
