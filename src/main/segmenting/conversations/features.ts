import type { Said } from './said.js'
import type { Recent, Window } from './window.js'

/** What is known of a message and an earlier one: an entry each, in the order in which `weighLinks` gives them. */
export const linkFeatures = [
  'always',
  'log seconds between',
  'log seconds beyond a minute',
  'log messages between',
  'same user',
  'same user, their latest',
  'addresses its user',
  'addresses somebody else',
  'same user, same address',
  'same user, other address',
  'it addresses the user',
  'it addresses somebody else',
  'both address the same',
  'mentions its user',
  'it mentions the user',
  'rare words shared',
  'latest of another user',
  'its user has last spoken to this one',
  'latest of its segment',
  'user is in its segment',
  'addresses somebody in its segment',
] as const

/** What is known of a message as the start of a segment, in the order in which `weighStart` gives it. */
export const startFeatures = [
  'always',
  'has not spoken lately',
  'addresses somebody',
  'asks',
  'log words',
  'log seconds since the message before',
] as const

/** Of a silence it does not matter beyond an hour how long it was. */
const longestMs = 3_600_000

const logSeconds = (ms: number): number => Math.log1p(Math.min(longestMs, Math.max(0, ms)) / 1_000)
const logMinute = logSeconds(60_000)

/** Whom a message is for: somebody who has spoken lately, by the word that it starts with. */
const addressOf = (said: Said, window: Window): string | undefined =>
  window.isName(said.first) && !said.names.includes(said.first) ? said.first : undefined

export function weighStart(said: Said, window: Window): number[] {
  const last = window.entries.at(-1)
  const hasSpoken = window.entries.some((entry) => entry.said.userId === said.userId)
  return [
    1,
    hasSpoken ? 0 : 1,
    addressOf(said, window) === undefined ? 0 : 1,
    said.asks ? 1 : 0,
    Math.log1p(said.words.size),
    last === undefined ? logSeconds(longestMs) : logSeconds(said.atMs - last.said.atMs),
  ]
}

interface SegmentSoFar {
  readonly users: Set<string>
  readonly names: Set<string>
}

/**
 * Weighs a message against each recent one, newest first.
 *
 * @param visit gets an array that is filled anew for each.
 */
export function weighLinks(
  said: Said,
  window: Window,
  visit: (entry: Recent, features: readonly number[]) => void,
): void {
  const { entries } = window
  const address = addressOf(said, window)
  const segments = segmentsOf(entries)
  const shared = sharedWords(said, window)
  const lastSpeaker = entries.findLast((entry) => said.names.includes(entry.said.first))?.said.userId
  const seenUsers = new Set<string>()
  const seenSegments = new Set<string>()
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index]
    if (entry === undefined) continue
    const { said: earlier, segmentId } = entry
    const segment = segments.get(segmentId)
    const seconds = logSeconds(said.atMs - earlier.atMs)
    const isSame = earlier.userId === said.userId
    const isLatest = !seenUsers.has(earlier.userId)
    const isLatestOfSegment = !seenSegments.has(segmentId)
    seenUsers.add(earlier.userId)
    seenSegments.add(segmentId)
    const earlierAddress = window.isName(earlier.first) ? earlier.first : undefined
    const addressesUser = address !== undefined && earlier.names.includes(address)
    const isAddressed = !isSame && said.names.includes(earlier.first)
    const isSameAddress = address !== undefined && earlierAddress === address
    visit(entry, [
      1,
      seconds,
      Math.max(0, seconds - logMinute),
      Math.log(entries.length - index),
      isSame ? 1 : 0,
      isSame && isLatest ? 1 : 0,
      addressesUser ? 1 : 0,
      address !== undefined && !addressesUser && !isSame ? 1 : 0,
      isSame && isSameAddress ? 1 : 0,
      isSame && address !== undefined && !isSameAddress ? 1 : 0,
      isAddressed ? 1 : 0,
      !isSame && earlierAddress !== undefined && !isAddressed ? 1 : 0,
      !isSame && isSameAddress ? 1 : 0,
      !isSame && !addressesUser && holdsAny(said, earlier.names) ? 1 : 0,
      !isSame && !isAddressed && holdsAny(earlier, said.names) ? 1 : 0,
      Math.log1p(shared.get(entry) ?? 0),
      !isSame && isLatest ? 1 : 0,
      !isSame && lastSpeaker === earlier.userId ? 1 : 0,
      isLatestOfSegment ? 1 : 0,
      segment?.users.has(said.userId) === true ? 1 : 0,
      address !== undefined && !addressesUser && segment?.names.has(address) === true ? 1 : 0,
    ])
  }
}

const holdsAny = (said: Said, names: readonly string[]): boolean => names.some((name) => said.words.has(name))

function segmentsOf(entries: readonly Recent[]): Map<string, SegmentSoFar> {
  const segments = new Map<string, SegmentSoFar>()
  for (const { said, segmentId } of entries) {
    let segment = segments.get(segmentId)
    if (segment === undefined) {
      segment = { users: new Set(), names: new Set() }
      segments.set(segmentId, segment)
    }
    segment.users.add(said.userId)
    for (const name of said.names) segment.names.add(name)
  }
  return segments
}

/** With whom a message shares words, and how rare those are: one that is in every message counts nothing. Names tell who, not what. */
function sharedWords(said: Said, window: Window): Map<Recent, number> {
  const shared = new Map<Recent, number>()
  for (const word of said.words) {
    if (window.isName(word) || said.names.includes(word)) continue
    const holders = window.holdersOf(word)
    const rarity = Math.log((window.entries.length + 2) / (holders.length + 1))
    for (const holder of holders) shared.set(holder, (shared.get(holder) ?? 0) + rarity)
  }
  return shared
}
