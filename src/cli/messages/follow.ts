import type { ChangeEvent, DatabaseManager, Message } from '../../main/index.js'
import { maxLimit } from '../../protocol/limits.js'
import { followChanges, presentCursor } from '../follow-changes.js'
import { toJsonLine } from '../print-pages.js'
import { watchFile } from '../watch-file.js'
import { writeOut } from '../write-out.js'
import { ChatLines } from './chat-lines.js'
import { Names } from './names.js'
import { ShownMessages } from './shown-messages.js'

interface Followed {
  readonly channelId: string
  /** Messages to begin with, the last ones. */
  readonly limit: number
  readonly after?: number | undefined
  readonly json: boolean
}

/** Prints a channel's last messages in reading order, and then what comes. Returns what to exit with. */
export async function followMessages(
  db: DatabaseManager,
  { channelId, limit, after, json }: Followed,
): Promise<number | undefined> {
  const lost = await watchFile(db.path)
  // Read first: what is stored before the page is read is told, too, and known then.
  const cursor = await presentCursor(db, channelId)
  const last = await readLast(db, { channelId, limit, after })
  const show = json ? showJson : showText(db)
  const shown = new ShownMessages()
  for (const message of last.toReversed()) {
    const isRead = await show({ kind: 'messageStored', message }, shown)
    shown.add(message)
    if (!isRead) return undefined
  }
  const { exitCode } = await followChanges(db, {
    channelId,
    after: cursor,
    lost,
    show: (event) => showChange(event, shown, show),
  })
  return exitCode
}

/** The newest first, from as many pages as they need. */
async function readLast(
  db: DatabaseManager,
  { channelId, limit, after }: Omit<Followed, 'json'>,
): Promise<Message[]> {
  const last: Message[] = []
  for (let cursor: string | undefined, isDone = false; !isDone && last.length < limit;) {
    const count = Math.min(limit - last.length, maxLimit)
    const page = await db.getMessages({ channelId, limit: count, after, order: 'desc', cursor })
    last.push(...page.items)
    cursor = page.nextCursor ?? undefined
    isDone = cursor === undefined
  }
  return last
}

type Shown =
  | { readonly kind: 'messageStored' | 'messageUpdated'; readonly message: Message }
  | { readonly kind: 'messageDeleted'; readonly messageId: string; readonly channelId: string }
  | { readonly kind: 'channelDeleted'; readonly channelId: string }

type Show = (what: Shown, shown: ShownMessages) => Promise<boolean>

async function showChange(event: ChangeEvent, shown: ShownMessages, show: Show): Promise<boolean> {
  switch (event.kind) {
    case 'messageStored':
    case 'messageUpdated': {
      const { kind, message } = event
      const before = shown.get(message.messageId)
      // Of the page, or told of once more without being another one.
      if (before !== undefined && isSame(before, message)) return true
      const isEdit = kind === 'messageUpdated' || before !== undefined
      const isRead = await show({ kind: isEdit ? 'messageUpdated' : 'messageStored', message }, shown)
      shown.add(message)
      return isRead
    }
    case 'messageDeleted': {
      const isRead = await show(event, shown)
      shown.delete(event.messageId)
      return isRead
    }
    case 'channelDeleted':
      return show({ kind: event.kind, channelId: event.channelId }, shown)
    default:
      return true
  }
}

const isSame = (one: Message, other: Message): boolean => toJsonLine(one) === toJsonLine(other)

/** A message is as `convodb messages --json` shows it; an edited one comes again. */
const showJson: Show = (what) => {
  if ('message' in what) return writeOut(`${toJsonLine(what.message)}\n`)
  const { channelId } = what
  const messageId = what.kind === 'messageDeleted' ? what.messageId : null
  return writeOut(`${JSON.stringify({ messageId, channelId, isDeleted: true })}\n`)
}

function showText(db: DatabaseManager): Show {
  const names = new Names(db)
  const lines = new ChatLines(names)
  return async (what, shown) => {
    if (what.kind === 'channelDeleted') return writeOut(lines.note('the channel was deleted'))
    if (what.kind === 'messageDeleted') {
      return writeOut(lines.deletion(what.messageId, shown.get(what.messageId)))
    }
    const { kind, message } = what
    await names.learn([message.userId])
    if (kind === 'messageUpdated') return writeOut(lines.edit(message, shown.get(message.messageId)))
    return writeOut(lines.message(message, shown.get(message.replyToMessageId)))
  }
}
