import { cursor, id, limit, object, optional } from '../fields.js'
import { read } from '../operation.js'
import type { ListChangesParams } from '../parameters.js'
import { changePage } from '../result-models.js'

export const changeOperations = {
  listChanges: read({
    params: object<ListChangesParams>({
      after: optional(cursor),
      channelId: optional(id),
      limit: optional(limit),
    }),
    result: changePage,
  }),
}
