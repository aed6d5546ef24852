import type { ChangeEvent } from '../../protocol/models.js'

/** Changes that came together, and what each weighs in bytes, roughly; many queues share one. */
export interface ChangeBatch {
  readonly events: readonly ChangeEvent[]
  readonly bytes: readonly number[]
  readonly totalBytes: number
}

/** Of an event's object, its ids and its times. */
const eventBytes = 512
const bytesPerCharacter = 2

export function batchOf(events: readonly ChangeEvent[]): ChangeBatch {
  events.forEach(freeze)
  const bytes = events.map(weigh)
  return { events, bytes, totalBytes: bytes.reduce((sum, each) => sum + each, 0) }
}

function weigh(event: ChangeEvent): number {
  if (event.kind !== 'messageStored' && event.kind !== 'messageUpdated') return eventBytes
  const { content, metadata } = event.message
  const jsonLength = metadata === null ? 0 : JSON.stringify(metadata).length
  return eventBytes + bytesPerCharacter * (content.length + jsonLength)
}

/** An event is given to many: what one of them did to it, the others would take for what was committed. */
function freeze(event: ChangeEvent): void {
  if (Object.isFrozen(event)) return
  Object.freeze(event)
  if ('message' in event) {
    Object.freeze(event.message)
    freezeJson(event.message.metadata)
  }
}

function freezeJson(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  Object.freeze(value)
  for (const part of Object.values(value)) freezeJson(part)
}

/** Those of them for which `isWanted` is true. */
export function filterBatch(batch: ChangeBatch, isWanted: (event: ChangeEvent) => boolean): ChangeBatch {
  if (batch.events.every(isWanted)) return batch
  return batchOf(batch.events.filter(isWanted))
}
