import { deserialize, serialize } from 'node:v8'
import { ConvoDbError, type ErrorCode } from './errors.js'
import type { Outcome } from './messages.js'
import type { StoreOutcome } from './models.js'
import { isPacked } from './packed.js'
import type { EachOutcome, EachOutcomes } from './requests.js'

/** An answer as it is kept: apart what holds text, which may have to be forgotten before the rest is. */
export interface KeptAnswer {
  readonly outcomes: Uint8Array
  readonly texts: Uint8Array | null
}

/** How an operation ended, without text; null where that is in the texts, or was not kept at all. */
type KeptOutcome = StoreOutcome | { readonly value: unknown } | { readonly code: ErrorCode } | null

/** By the operation's place, serialized. */
type KeptTexts = Map<number, Uint8Array>

/** What one operation answers, and all of a request, in bytes. */
const maxTextBytes = 64 * 1024
const maxTextsBytes = 1024 * 1024

const inserted = serialize('inserted')

/** @param mayHoldText whether texts may be kept at all. */
export function keepAnswer(outcomes: EachOutcomes, mayHoldText: boolean): KeptAnswer {
  if (outcomes === 'inserted') return { outcomes: inserted, texts: null }
  const texts: KeptTexts = new Map()
  let bytes = 0
  const keepText = (index: number, outcome: Outcome<unknown>): void => {
    if (!mayHoldText) return
    const text = serialize(outcome)
    if (text.length > maxTextBytes || bytes + text.length > maxTextsBytes) return
    texts.set(index, text)
    bytes += text.length
  }
  const kept = outcomes.map((outcome, index): KeptOutcome => {
    if (typeof outcome === 'string') return outcome
    if (!outcome.ok) {
      const { code } = outcome.error
      // It names somebody of whom nothing may be left.
      if (code !== 'USER_FORGOTTEN') keepText(index, outcome)
      return { code }
    }
    if (isPacked(outcome.value)) return null
    if (!holdsText(outcome.value)) return { value: outcome.value }
    keepText(index, outcome)
    return null
  })
  return { outcomes: serialize(kept), texts: texts.size === 0 ? null : serialize(texts) }
}

/** Numbers, and objects of numbers, hold none; whatever else there is may. */
function holdsText(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'string'
  return ArrayBuffer.isView(value) || Array.isArray(value) || Object.values(value).some(holdsText)
}

/** The outcomes as they were, where they were kept. */
export function recallAnswer({ outcomes, texts }: KeptAnswer): EachOutcomes {
  const kept: readonly KeptOutcome[] | 'inserted' = deserialize(outcomes)
  if (kept === 'inserted') return kept
  const keptTexts: KeptTexts = texts === null ? new Map() : deserialize(texts)
  return kept.map((outcome, index): EachOutcome => {
    if (typeof outcome === 'string') return outcome
    if (outcome !== null && 'value' in outcome) return { ok: true, value: valueOf(outcome) }
    const text = keptTexts.get(index)
    if (text !== undefined) return outcomeOfText(text)
    const code = outcome?.code ?? 'ANSWER_NOT_KEPT'
    return { ok: false, error: new ConvoDbError(code, withoutText(code)).toJSON() }
  })
}

const withoutText = (code: ErrorCode): string =>
  code === 'ANSWER_NOT_KEPT'
    ? 'The request was committed when it was first made, and its answer is not kept; read it again'
    : `It failed with ${code} when it was first made; what it said is not kept`

/** It was an operation's value when it was kept. */
function valueOf(outcome: { readonly value: unknown }): number
function valueOf({ value }: { readonly value: unknown }): unknown {
  return value
}

function outcomeOfText(text: Uint8Array): EachOutcome {
  const outcome: EachOutcome = deserialize(text)
  return outcome
}
