import { count, id, ids, object, optional, score, text, time, truth, vector, whole } from '../fields.js'
import { read } from '../operation.js'
import type { RecallParams } from '../recall-parameters.js'
import { recalledPassage } from '../result-models.js'
import { listOf } from '../results.js'

export const recallOperations = {
  recall: read({
    params: object<RecallParams>({
      text: optional(text),
      vector: optional(vector),
      model: optional(id),
      channelId: optional(id),
      channelIds: optional(ids),
      userId: optional(id),
      before: optional(time),
      after: optional(time),
      limit: optional(whole(1, 1_000)),
      context: optional(whole(0, 100)),
      wholeSegments: optional(truth),
      budget: optional(whole(1, 1_000_000)),
      recencyWeight: optional(score),
      recencyHalfLifeMs: optional(count),
      explain: optional(truth),
    }),
    result: listOf(recalledPassage),
  }),
}
