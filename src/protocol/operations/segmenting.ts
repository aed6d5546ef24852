import { cursor, id, limit, list, nullable, object, optional, score, truth, windowSize } from '../fields.js'
import { read, write } from '../operation.js'
import type {
  ApplySegmentingStepParams,
  GetSegmentingStepParams,
  JoiningMessage,
} from '../segmenting-parameters.js'
import { segmentingCounts, segmentingStep } from '../result-models.js'

const joining = object<JoiningMessage>({
  messageId: id,
  segmentId: id,
  isNew: optional(truth),
  contributionScore: nullable(score),
})

/** The parts of `segmentChannel`: reading what is to be decided about, and storing what was decided, both in steps. */
export const segmentingOperations = {
  getSegmentingStep: read({
    params: object<GetSegmentingStepParams>({
      channelId: id,
      strategy: id,
      window: optional(windowSize),
      limit: optional(limit),
    }),
    result: segmentingStep,
  }),
  applySegmentingStep: write({
    params: object<ApplySegmentingStepParams>({
      channelId: id,
      strategy: id,
      cursor,
      messages: list(joining),
    }),
    result: segmentingCounts,
  }),
}
