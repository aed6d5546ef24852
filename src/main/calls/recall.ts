import { ConvoDbError } from '../../protocol/errors.js'
import type { RecalledPassage } from '../../protocol/recall-models.js'
import type { RecallRequest } from '../recall/recall-request.js'
import type { CallOptions } from '../validation/call-options.js'
import type { Execute } from './execute.js'

/** What a bot pastes into a prompt. */
export function recallCalls<Metadata extends object, Profile extends object>(
  execute: Execute<Metadata, Profile>,
) {
  function recall(
    request: RecallRequest & { readonly format: 'text' },
    options?: CallOptions,
  ): Promise<string>
  function recall(
    request: RecallRequest & { readonly format?: 'passages' | undefined },
    options?: CallOptions,
  ): Promise<RecalledPassage<Metadata>[]>
  async function recall(
    request: RecallRequest,
    options?: CallOptions,
  ): Promise<RecalledPassage<Metadata>[] | string> {
    // What is no object has neither text nor vector, and is refused for it.
    const { format = 'passages', budget, ...params }: Partial<RecallRequest> = Object(request)
    const isCounted = typeof budget === 'object' && budget !== null
    if (format !== 'text' && format !== 'passages')
      throw new ConvoDbError('INVALID_ARGUMENT', "format must be 'passages' or 'text'", { field: 'format' })
    if (!isCounted && format === 'passages') return execute('recall', { ...params, budget }, options)
    const { fitPassages, textOfPassages } = await import('../recall/passages.js')
    const found = await execute('recall', { ...params, budget: isCounted ? 1_000_000 : budget }, options)
    const passages = isCounted ? fitPassages(found, budget) : found
    return format === 'text' ? textOfPassages(passages) : passages
  }

  return {
    /**
     * Recalls what was said about something: passages found by words, by meaning or by both, whose ranks are fused (docs/recall.md), each
     * with what stands around it, cut to a budget.
     *
     * @param request `text`, or `vector` with its `model`, or both; `channelId` or `channelIds`, `userId`, `before`, `after`; `limit` of
     *   passages, 1 to 1,000, default 10; `context`: messages before and after a hit, default 2; `wholeSegments: true` brings the segment
     *   of a hit instead; `budget`: characters of all contents, default 20,000, or `{ max, count }` with a counter of your own, of tokens
     *   for example; `explain: true` tells why each is there; `format: 'text'` gives one text for a prompt.
     * @returns the best passage first, of equals the newest; no message is in two.
     * @throws INVALID_ARGUMENT, DIMENSION_MISMATCH, SEARCH_OFF (with `text`), SEARCH_NOT_READY
     * @example
     * const prompt = await db.recall({ text: 'when do we meet?', channelId: 'general', format: 'text' })
     */
    recall,
  }
}
