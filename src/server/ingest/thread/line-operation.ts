import type { Params } from '../../../main/index.js'
import { parseObject } from '../../../importers/parse-line.js'
import { outsideItsChannels } from '../../access/outside-its-channels.js'
import type { IngestSettings } from '../messages.js'

/** What there is to know of a line: `onConflict` is for one that does not say it itself. */
type LineSettings = Pick<IngestSettings, 'onConflict' | 'withinChannels'>

/** The operation that stores a line's message, as `executeEach` takes it. */
export interface LineOperation {
  readonly name: 'storeMessage'
  readonly params: Params<'storeMessage'>
}

/**
 * Reads a line as the body of `POST /v1/messages`. Its fields are checked where those of every call are.
 *
 * @throws INVALID_ARGUMENT when the line is no JSON object; FORBIDDEN when it is not within the channels of the key
 */
export function toOperation(text: string, settings: LineSettings): LineOperation
export function toOperation(text: string, { onConflict, withinChannels }: LineSettings): object {
  const fields = parseObject(text)
  const { channelId } = fields
  // The writer would refuse it, too, but would do its whole transaction again for that.
  const isWithin = withinChannels === undefined || withinChannels.has(String(channelId))
  if (!isWithin) throw outsideItsChannels()
  return { name: 'storeMessage', params: onConflict === undefined ? fields : { onConflict, ...fields } }
}
