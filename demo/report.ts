import type { Histogram } from 'node:perf_hooks'
import { styleText } from 'node:util'
import type { DatabaseManager, Message } from 'convodb'
import type { Chat } from './chat.js'
import { maxCallsInFlight, pageSize, timerMs, type Measured } from './measure.js'

type Row = readonly [label: string, value: string]

const decimals = (digits: number) =>
  new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
const [whole, tenths] = [decimals(0), decimals(1)]
// More digits would claim a precision that one run does not have.
const rough = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 })

export const formatCount = (count: number): string => whole.format(count)
const formatMs = (ms: number): string => `${tenths.format(Math.max(0, ms))} ms`
const formatMinute = (time: Date): string => time.toISOString().slice(0, 16).replace('T', ' ')

const percentilesMs = (histogram: Histogram, unitsPerMs: number, offsetMs = 0): string =>
  [
    ...[50, 99].map((share) => `p${share} ${formatMs(histogram.percentile(share) / unitsPerMs - offsetMs)}`),
    `max ${formatMs(histogram.max / unitsPerMs - offsetMs)}`,
  ].join(', ')

export function measuredSection(chat: Chat, measured: Measured): string {
  const { messages, elapsedMs, pageLatencyUs, eventLoopNs, utilization, stats } = measured
  const { rows, commits, fileBytes, walBytes } = stats
  const perSecond = rough.format(messages / (elapsedMs / 1000))
  const inFlight = formatCount(maxCallsInFlight)
  return section('Measured', [
    ['Stored', `${formatCount(messages)} messages in ${tenths.format(elapsedMs / 1000)} s`],
    ['Rate', `${perSecond} messages/s (one call each, at most ${inFlight} in flight)`],
    ['Besides', `${formatCount(rows.conversationSegments)} segments in the same time`],
    ['From', `${formatCount(chat.people.length)} users in ${formatCount(chat.channels.length)} channels`],
    ['Durable', `${formatCount(commits)} commits, each synced to disk before its calls resolved`],
    ['Read', `${formatCount(pageLatencyUs.count)} pages meanwhile, of ${pageSize} messages each`],
    ['Page latency', percentilesMs(pageLatencyUs, 1e3)],
    // Node measures the whole time from one timer to the next, so the interval itself comes off.
    ['Event loop', `${percentilesMs(eventLoopNs, 1e6, timerMs)} late`],
    ['Main thread', `${formatCount(100 * utilization)}% busy; it invents the chat, too`],
    ['On disk', `${tenths.format((fileBytes + walBytes) / 1024 ** 2)} MiB, the write-ahead log included`],
  ])
}

/** What a newcomer wants to see of a filled database: a recent page, a segment with its messages, a user. */
export async function foundSections(db: DatabaseManager, { channels, people }: Chat): Promise<string[]> {
  const names = new Map(people.map(({ userId, displayName }) => [userId, displayName]))
  const [channelId = '', other = channelId] = channels.map((channel) => channel.channelId)
  const latest = await db.getMessages({ channelId, limit: 8 })
  const {
    items: [segment],
  } = await db.getConversationSegments({ channelId: other, limit: 1 })
  if (segment === undefined) throw new Error(`Channel ${other} has no segments`)
  const members = await db.getSegmentMessages(segment.segmentId)
  const userId = members[0]?.userId ?? ''
  const [user, profile] = await Promise.all([db.users.getUser(userId), db.users.getProfile(userId)])
  if (user === undefined || profile === undefined) throw new Error(`User ${userId} has no profile`)
  const participants = new Set(members.map((member) => member.userId)).size
  const minutes = Math.round((segment.endTime.getTime() - segment.startTime.getTime()) / 60_000)
  const lastActive = user.lastActive ?? user.firstSeen
  return [
    section(`The latest messages of #${channelId}`, messageRows(latest.items.toReversed(), names)),
    section(`A segment of #${other}`, [
      ['About', segment.summary ?? ''],
      ['Said', `${members.length} messages by ${participants} people within ${minutes} minutes`],
      ...messageRows(members, names),
    ]),
    section('Who began it', [
      ['User', `${user.displayName} (${userId}), ${formatCount(user.messageCount)} messages`],
      ['Seen', `${formatMinute(user.firstSeen)} to ${formatMinute(lastActive)} UTC`],
      ['Profile', JSON.stringify(profile.profile)],
    ]),
  ]
}

const messageRows = (messages: readonly Message[], names: ReadonlyMap<string, string>): Row[] =>
  messages.map(({ timestamp, userId, content, replyToMessageId }) => {
    const arrow = replyToMessageId === null ? '' : '↳ '
    return [
      timestamp.toISOString().slice(11, 16),
      `${isolate(names.get(userId))}: ${arrow}${isolate(content)}`,
    ]
  })

/** Right-to-left text keeps to itself, so that the line around it stays in order (Unicode UAX 9). */
const isolate = (text = ''): string => (/\p{Script=Arabic}/u.test(text) ? `\u2068${text}\u2069` : text)

function section(title: string, rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([label]) => label.length))
  return ['', bold(title), ...rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`)].join('\n')
}

/** Plain where standard output is no terminal. */
export const bold = (text: string): string => styleText('bold', text, { stream: process.stdout })
