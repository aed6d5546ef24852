import { Type } from 'typebox'
import { object, optional } from '../fields.js'
import type { CheckpointResult, ReleasedSpace, RowCounts } from '../models.js'
import { read, returns, write } from '../operation.js'

const mode = Type.Union([
  Type.Literal('passive'),
  Type.Literal('full'),
  Type.Literal('restart'),
  Type.Literal('truncate'),
])

export const maintenanceOperations = {
  countRows: read(object({}), returns<RowCounts>()),
  checkpoint: write(object({ mode: optional(mode) }), returns<CheckpointResult>(), 'none'),
  releaseSpace: write(object({}), returns<ReleasedSpace>(), 'none'),
  optimize: write(object({}), returns<void>(), 'none'),
}
