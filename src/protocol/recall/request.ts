import { ConvoDbError } from '../errors.js'
import type { WireParams } from '../operations.js'

type Params = WireParams<'recall'>

const defaultLimit = 10
const defaultContext = 2
const defaultBudget = 20_000

/** Of each list so many are looked at for each passage that is wanted, and so many at least. */
const perPassage = 5
const leastDepth = 50

/** What a recall asks for, nothing of it left open. @throws INVALID_ARGUMENT */
export function readRecall(params: Params) {
  const { text, vector, model, limit = defaultLimit } = params
  if (text === undefined && vector === undefined) throw wrong('text', 'or vector must be given')
  if ((vector === undefined) !== (model === undefined))
    throw wrong(vector === undefined ? 'vector' : 'model', 'is missing: a vector is one of a model')
  const depth = Math.max(leastDepth, perPassage * limit)
  const byVector =
    vector === undefined || model === undefined ? undefined : { ...params, vector, model, limit: depth }
  return {
    limit,
    depth,
    width: { context: params.context ?? defaultContext, wholeSegments: params.wholeSegments ?? false },
    budget: params.budget ?? defaultBudget,
    explains: params.explain === true,
    /** How messages are searched by their vectors; undefined where that is not asked for. */
    messagesByVector: byVector && { ...byVector, owner: 'message' as const },
    /** Segments have no author. */
    segmentsByVector:
      params.userId === undefined && byVector ? { ...byVector, owner: 'segment' as const } : undefined,
  }
}

const wrong = (field: string, what: string): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `${field} ${what}`, { field })

/**
 * The segment that a message is found in: one that others of the same recall are in, or the one that was made last.
 *
 * @param segmentKeys those that it is in, rising
 * @param known the segments of the recall so far
 */
export function chooseSegment(
  segmentKeys: readonly number[],
  messageKey: number,
  known: Map<number, number>,
): number | undefined {
  const key = segmentKeys.find((segmentKey) => known.has(segmentKey)) ?? segmentKeys.at(-1)
  if (key !== undefined) known.set(key, messageKey)
  return key
}
