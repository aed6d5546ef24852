import fc from 'fast-check'

/** Values from small pools, so that writes meet. Ids start with `~`, which a run replaces by its own prefix. */

export const pools = {
  channelIds: ['~c1', '~c2', '~c3'],
  userIds: ['~u1', '~u2', '~u3', '~u4'],
  messageIds: ['~m1', '~m2', '~m3', '~m4', '~m5', '~m6', '~m7', '~m8'],
  segmentIds: ['~s1', '~s2', '~s3'],
  models: ['~model1', '~model2'],
} as const

export const channelId = fc.constantFrom(...pools.channelIds)
export const userId = fc.constantFrom(...pools.userIds)
export const messageId = fc.constantFrom(...pools.messageIds)
export const segmentId = fc.constantFrom(...pools.segmentIds)
export const model = fc.constantFrom(...pools.models)
export const ids = <Id>(id: fc.Arbitrary<Id>) => fc.array(id, { maxLength: 3 })

export const time = fc.integer({ min: -3, max: 9 })
export const score = fc.constantFrom(0, 0.1 + 0.2, -1)
/** Of one dimension mostly, which the first one of a model fixes. */
export const vector = fc.constantFrom([1, 2], [3, 4], [-0.5, 0], [1, 2, 3])
export const content = fc.constantFrom('', 'hello', 'grüße 👋', `it's "quoted" 100%_`)
export const displayName = fc.constantFrom(null, 'Ada', 'Grace Ada', '100%', 'Zoë')
export const maybeMetadata = fc.constantFrom(
  null,
  {},
  { pinned: true },
  { pinned: false, deep: [{ a: null }] },
)
export const onConflict = fc.constantFrom('update' as const, 'ignore' as const, 'error' as const)
export const ownerType = fc.constantFrom('message' as const, 'segment' as const)

const leaf = fc.constantFrom(null, 1, 'x', [null, { a: null }], {})
const branch = fc.dictionary(fc.constantFrom('a', 'b', 'c'), leaf, { maxKeys: 3 })
/** A merge patch: nulls at every depth. */
export const patch = fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.oneof(leaf, branch), {
  maxKeys: 3,
})

export const messageFields = {
  messageType: fc.constantFrom('message', 'note'),
  replyToMessageId: fc.option(messageId),
  editedAt: fc.option(time),
  metadata: maybeMetadata,
}

export const newMessage = fc.record(
  { messageId, channelId, userId, content, timestamp: time, ...messageFields },
  { requiredKeys: ['messageId', 'channelId', 'userId', 'content', 'timestamp'] },
)

export const segmentFields = fc.record(
  {
    segmentId,
    channelId,
    startTime: time,
    endTime: time.map((end) => end + 6),
    summary: fc.option(content),
    coherenceScore: fc.option(score),
    activityLevel: fc.option(score),
    vector: fc.option(vector),
    metadata: maybeMetadata,
    onConflict,
  },
  { requiredKeys: ['segmentId', 'channelId', 'startTime', 'endTime'] },
)

export const member = fc.oneof(
  messageId,
  fc.record(
    { messageId, position: fc.nat(4), contributionScore: fc.option(score) },
    { requiredKeys: ['messageId'] },
  ),
)

export const embedding = ownerType.chain((owner) =>
  fc.record({
    ownerType: fc.constant(owner),
    ownerId: owner === 'message' ? messageId : segmentId,
    model,
    vector,
  }),
)
