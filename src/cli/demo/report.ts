import { formatBytes, formatCount, formatNumberOf } from '../format.js'
import type { Findings } from './findings.js'
import { maxCallsInFlight } from './fill.js'
import { messageLines } from './messages-view.js'
import { formatMinute, formatMs, formatPercent, formatRate, formatSeconds } from './numbers.js'
import { pageSize } from './read-meanwhile.js'
import type { DemoReport } from './run.js'
import type { Screen } from './screen.js'
import { padEnd, textWidth, truncate } from './text-width.js'

type Row = readonly [label: string, value: string, remark?: string]

/** The demo's results as text, one section after another. */
export function formatReport(report: DemoReport, screen: Screen): string {
  const { findings } = report
  return [
    ...section('Measured', rowLines(measured(report), screen), screen),
    ...section(
      `The latest messages of ${findings.page.channelName}`,
      messageLines(findings.page.latest, findings.displayNames, screen),
      screen,
    ),
    ...segmentSection(findings, screen),
    ...personSection(findings, screen),
  ].join('\n')
}

function measured({ chat, filling, reading, eventLoop, stats }: DemoReport): Row[] {
  const { rows } = stats
  const { latencyMs } = reading
  const { delayMs, utilization } = eventLoop
  return [
    ['Stored', `${formatCount(filling.messages)} messages in ${formatSeconds(filling.elapsedMs)}`],
    [
      'Rate',
      `${formatRate(filling.messages / (filling.elapsedMs / 1000))} messages/s`,
      `one call each, at most ${formatCount(maxCallsInFlight)} in flight`,
    ],
    [
      'Besides',
      `${formatCount(rows.conversationSegments)} segments with ${formatCount(rows.segmentMessages)} members`,
      'in the same time',
    ],
    ['From', `${formatCount(chat.people.length)} users in ${formatCount(chat.channels.length)} channels`],
    ['Durable', `${formatCount(stats.commits)} commits`, 'each synced to disk before its calls resolved'],
    ['Read', `${formatCount(reading.pages)} pages meanwhile`, `the latest ${pageSize} messages of a channel`],
    [
      'Page latency',
      latencyMs === undefined
        ? 'no page was read'
        : `p50 ${formatMs(latencyMs.p50)}, p95 ${formatMs(latencyMs.p95)}, p99 ${formatMs(latencyMs.p99)}`,
    ],
    [
      'Event loop',
      `p50 ${formatMs(delayMs.p50)}, p99 ${formatMs(delayMs.p99)}, max ${formatMs(delayMs.max)} late`,
    ],
    ['Main thread', `${formatPercent(utilization)} busy`, 'it invents the chat, too'],
    ['On disk', formatBytes(stats.fileBytes + stats.walBytes), 'the file and its write-ahead log'],
  ]
}

function segmentSection({ segment: found, displayNames }: Findings, screen: Screen): string[] {
  const { segment, members, channelName } = found
  const participants = new Set(members.map(({ userId }) => userId)).size
  const minutes = Math.round((segment.endTime.getTime() - segment.startTime.getTime()) / 60_000)
  const about =
    `${segment.summary ?? segment.segmentId}, from ${formatMinute(segment.startTime)}: ` +
    `${formatNumberOf(segment.messageCount, 'message')} by ${participants} people within ${formatNumberOf(minutes, 'minute')}`
  return section(
    `A segment of ${channelName}`,
    [`  ${truncate(about, screen.columns - 2)}`, ...messageLines(members, displayNames, screen)],
    screen,
  )
}

function personSection({ person: { user, profile } }: Findings, screen: Screen): string[] {
  const rows: Row[] = [
    ['User', `${user.displayName ?? ''} (${user.userId}), ${formatNumberOf(user.messageCount, 'message')}`],
    ['Seen', `${formatMinute(user.firstSeen)} to ${formatMinute(user.lastActive ?? user.firstSeen)} UTC`],
    ['Profile', JSON.stringify(profile.profile)],
  ]
  return section('Who began it', rowLines(rows, screen), screen)
}

function section(title: string, lines: readonly string[], { colors, columns }: Screen): string[] {
  return ['', colors.bold(truncate(title, columns)), ...lines]
}

/** A label and its value; the remark follows where there is room for it. */
function rowLines(rows: readonly Row[], { columns, colors }: Screen): string[] {
  const labelColumns = Math.max(...rows.map(([label]) => label.length))
  return rows.map(([label, value, remark]) => {
    const room = columns - labelColumns - 4
    const start = `  ${colors.green(padEnd(label, labelColumns))}  `
    const shown = truncate(value, room)
    if (remark === undefined || textWidth(shown) + remark.length + 3 > room) return `${start}${shown}`
    return `${start}${shown} ${colors.dim(`(${remark})`)}`
  })
}
