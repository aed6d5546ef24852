import { ConvoDbError } from '../../protocol/errors.js'
import type { JsonObject, Message } from '../../protocol/models.js'
import type { Decided, Decision, Strategy } from './strategy.js'

/** A segment that a message may join. */
export interface OpenSegment<Metadata extends object = JsonObject> {
  readonly segmentId: string
  /** Its members among the last messages, oldest first. */
  readonly messages: readonly Message<Metadata>[]
}

/** What a function of one's own is asked. */
export interface SegmentQuestion<Metadata extends object = JsonObject> {
  readonly message: Message<Metadata>
  /** Segments with members among the last messages, in the order of their latest members, the newest last. */
  readonly open: readonly OpenSegment<Metadata>[]
  /** The segment of the message that this one answers; it may be long ago, and then it has no messages here. */
  readonly answered: OpenSegment<Metadata> | undefined
}

/**
 * Says which segment a message joins: `open`'s or `answered`, `'new'`, or `'none'`. It must depend on nothing but what it is asked, so that
 * a run that goes on decides as one from the start would.
 */
export type DecideSegment<Metadata extends object = JsonObject> = (
  question: SegmentQuestion<Metadata>,
) => SegmentAnswer<Metadata> | Promise<SegmentAnswer<Metadata>>

export type SegmentAnswer<Metadata extends object = JsonObject> = OpenSegment<Metadata> | 'new' | 'none'

/** A strategy of one's own. */
export interface OwnStrategy<Metadata extends object = JsonObject> {
  /** 1 to 100 of the characters A to Z, a to z, 0 to 9, `_`, `.` and `-`; another for other parameters. */
  readonly name: string
  readonly decide: DecideSegment<Metadata>
  /** How many messages before the one in question are the last ones, 0 to 1,000. Default 100. */
  readonly window?: number | undefined
}

export function ownStrategy({ name, decide, window = 100 }: OwnStrategy): Strategy {
  return { name, window, readsMessages: true, begin: () => begin(decide) }
}

function begin(decide: DecideSegment) {
  const recent: Decided[] = []
  return {
    add(decided: Decided): void {
      recent.push(decided)
    },
    drop(): void {
      recent.shift()
    },
    async decide(
      { message }: { readonly message?: Message | undefined },
      answeredId: string | undefined,
    ): Promise<Decision> {
      if (message === undefined) return 'none'
      const open = openSegments(recent)
      const answered =
        answeredId === undefined ? undefined : (open.get(answeredId) ?? withoutMessages(answeredId))
      const answer = await decide({ message, open: [...open.values()], answered })
      return toDecision(answer, open, answered)
    },
  }
}

const withoutMessages = (segmentId: string): OpenSegment => ({ segmentId, messages: [] })

function openSegments(recent: readonly Decided[]): Map<string, OpenSegment> {
  const messages = new Map<string, Message[]>()
  for (const { candidate, segmentId } of recent) {
    const members = messages.get(segmentId) ?? []
    if (candidate.message !== undefined) members.push(candidate.message)
    // Again at the end: the order is that of the latest members.
    messages.delete(segmentId)
    messages.set(segmentId, members)
  }
  return new Map([...messages].map(([segmentId, members]) => [segmentId, { segmentId, messages: members }]))
}

/** What a caller's function gives may be anything. */
function toDecision(
  answer: unknown,
  open: ReadonlyMap<string, OpenSegment>,
  answered: OpenSegment | undefined,
): Decision {
  if (answer === 'new' || answer === 'none') return answer
  const segmentId: unknown = Reflect.get(Object(answer), 'segmentId')
  if (typeof segmentId === 'string' && (open.has(segmentId) || answered?.segmentId === segmentId)) {
    return { segmentId }
  }
  throw new ConvoDbError(
    'INVALID_ARGUMENT',
    "strategy must answer 'new', 'none', or one of the segments that it was given",
    { field: 'strategy' },
  )
}
