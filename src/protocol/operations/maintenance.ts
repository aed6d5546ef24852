import { object, optional, words } from '../fields.js'
import { read, write } from '../operation.js'
import type { CheckpointParams, NoParams } from '../parameters.js'
import { checkpointResult, releasedSpace, rowCounts } from '../result-models.js'
import { nothing } from '../results.js'

const none = object<NoParams>({})
const mode = optional(words('passive', 'full', 'restart', 'truncate'))

export const maintenanceOperations = {
  countRows: read({ params: none, result: rowCounts }),
  checkpoint: write({
    access: 'admin',
    transaction: 'none',
    params: object<CheckpointParams>({ mode }),
    result: checkpointResult,
  }),
  releaseSpace: write({ access: 'admin', transaction: 'none', params: none, result: releasedSpace }),
  optimize: write({ access: 'admin', transaction: 'none', params: none, result: nothing }),
}
