import { Type } from 'typebox'
import { object, optional } from '../fields.js'
import { read, write } from '../operation.js'
import { checkpointResult, releasedSpace, rowCounts } from '../result-models.js'
import { nothing } from '../results.js'

const mode = Type.Union([
  Type.Literal('passive'),
  Type.Literal('full'),
  Type.Literal('restart'),
  Type.Literal('truncate'),
])

export const maintenanceOperations = {
  countRows: read({ params: object({}), result: rowCounts }),
  checkpoint: write({
    access: 'admin',
    transaction: 'none',
    params: object({ mode: optional(mode) }),
    result: checkpointResult,
  }),
  releaseSpace: write({ access: 'admin', transaction: 'none', params: object({}), result: releasedSpace }),
  optimize: write({ access: 'admin', transaction: 'none', params: object({}), result: nothing }),
}
