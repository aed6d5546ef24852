import { afterAllTime, beforeAllTime } from '../cursors.js'
import { ConvoDbError } from '../errors.js'
import type { WireParams } from '../operations.js'
import type { Question } from './question.js'

type Params = WireParams<'searchMessages'>

export const defaultSearchLimit = 20
export const defaultSnippetLength = 160
const defaultRecencyWeight = 0.25
const defaultHalfLifeMs = 30 * 24 * 60 * 60 * 1000

/** Which messages a search is about. */
export interface SearchScope {
  /** Of one of these channels, by one of these users; undefined: of any. */
  readonly channelIds: readonly string[] | undefined
  readonly userIds: readonly string[] | undefined
  /** Both exclusive. */
  readonly period: { readonly after: number; readonly before: number }
}

/**
 * Of what the parameters say and what the question says, both hold; of several users or channels that one of them names, one.
 *
 * @param heldTo the channels that whoever asks is held to; undefined: to none
 */
export function scopeOfSearch(
  params: Pick<Params, 'channelId' | 'channelIds' | 'userId' | 'before' | 'after'>,
  question: Question,
  heldTo: readonly string[] | undefined,
): SearchScope {
  return {
    channelIds: common(
      params.channelId === undefined ? undefined : [params.channelId],
      params.channelIds,
      question.in.length === 0 ? undefined : question.in,
      heldTo,
    ),
    userIds: common(
      params.userId === undefined ? undefined : [params.userId],
      question.from.length === 0 ? undefined : question.from,
    ),
    period: {
      after: Math.max(params.after ?? beforeAllTime, (question.since ?? beforeAllTime + 1) - 1),
      before: Math.min(params.before ?? afterAllTime, question.before ?? afterAllTime),
    },
  }
}

/** What is in every list that there is; undefined where there is none. */
function common(...lists: readonly (readonly string[] | undefined)[]): string[] | undefined {
  const [first, ...others] = lists.filter((list) => list !== undefined)
  if (first === undefined) return undefined
  const sets = others.map((list) => new Set(list))
  return [...new Set(first)].filter((id) => sets.every((set) => set.has(id)))
}

/** A question without a word of its own still finds what its filters let through; one without anything finds nothing. */
export const isAsking = ({ terms, from, in: channels, before, since }: Question): boolean =>
  terms.length > 0 || from.length > 0 || channels.length > 0 || before !== undefined || since !== undefined

/** How old messages are weighed, their ages counted from `at` on. */
export const recencyOf = (
  { recencyWeight = defaultRecencyWeight, recencyHalfLifeMs = defaultHalfLifeMs }: RecencyParams,
  at: number,
) => ({ weight: recencyWeight, halfLifeMs: recencyHalfLifeMs, at })

type RecencyParams = Pick<Params, 'recencyWeight' | 'recencyHalfLifeMs'>

/** @throws INVALID_ARGUMENT */
export function assertRecency({ recencyWeight = 0, recencyHalfLifeMs = 1 }: RecencyParams): void {
  const [field, expectation] =
    recencyWeight < 0 || recencyWeight > 1
      ? ['recencyWeight', 'must be a number from 0 to 1']
      : ['recencyHalfLifeMs', recencyHalfLifeMs < 1 ? 'must be at least 1' : undefined]
  if (expectation !== undefined)
    throw new ConvoDbError('INVALID_ARGUMENT', `${field} ${expectation}`, { field })
}

export const searchIsOff = (): ConvoDbError =>
  new ConvoDbError('SEARCH_OFF', 'The database was opened with search: false, so words can not be searched')

/** Whoever is held to some channels learns nothing of how many messages there are in others. */
export const searchIsNotReady = (isHeld: boolean, indexed: number, messages: number): ConvoDbError =>
  isHeld
    ? new ConvoDbError('SEARCH_NOT_READY', 'Words are being indexed; search when all are')
    : new ConvoDbError(
        'SEARCH_NOT_READY',
        `The words of ${indexed} of ${messages} messages are indexed; search when all are`,
        { indexedMessages: indexed, messages },
      )
