import type { OperationName } from 'convodb'
import { operations } from 'convodb'
import { samples } from './samples.js'
import type { Kind } from './wrong-values.js'

type Path = readonly (string | number)[]

/** One thing of one operation that can be broken. */
export interface Target {
  readonly name: OperationName
  readonly path: Path
  readonly kind: Kind
  readonly isRequired: boolean
  readonly takesNull: boolean
}

const kinds: { readonly [field: string]: Kind } = {
  ...all('id', [
    'channelId',
    'userId',
    'messageId',
    'segmentId',
    'ownerId',
    'model',
    'messageType',
    'replyToMessageId',
  ]),
  ...all('id', ['query']),
  ...all('text', ['name', 'content', 'summary', 'displayName']),
  ...all('time', ['createdAt', 'timestamp', 'editedAt', 'startTime', 'endTime', 'olderThan', 'firstSeen']),
  ...all('time', ['lastActive', 'deletedAt', 'forgottenAt', 'updatedAt']),
  ...all('time', ['before', 'after']),
  ...all('vector', ['vector']),
  ...all('json', ['metadata', 'profile']),
  ...all('score', ['coherenceScore', 'activityLevel', 'contributionScore']),
  ...all('limit', ['limit']),
  ...all('position', ['position']),
  ...all('hash', ['userHash']),
  ...all('count', ['messageCount']),
  ...all('dimension', ['dimension']),
  ...all('choice', ['kind', 'order', 'onConflict', 'ownerType', 'mode']),
  ...all('flag', ['keepPinned', 'mayReturn']),
  ...all('cursor', ['cursor', 'upTo']),
  ...all('list', ['messageIds', 'userIds', 'segmentIds', 'ownerIds']),
  ...all('list', ['messages', 'embeddings', 'users', 'models']),
}

function all(kind: Kind, fields: readonly string[]): { readonly [field: string]: Kind } {
  return Object.fromEntries(fields.map((field) => [field, kind]))
}

const isName = (name: string): name is OperationName => Object.hasOwn(operations, name)
const names = Object.keys(operations).filter(isName)
const takesNull = new Set(
  'name metadata replyToMessageId editedAt summary coherenceScore activityLevel vector contributionScore displayName lastActive deletedAt'.split(
    ' ',
  ),
)

const requiredOfItems = [
  'messageId',
  'channelId',
  'userId',
  'content',
  'timestamp',
  'ownerType',
  'ownerId',
  'model',
  'vector',
  'userHash',
  'forgottenAt',
  'dimension',
  'messageCount',
  'firstSeen',
]

/** Every field of every operation, those of list items too, and the parameters as a whole. */
export const targets: readonly Target[] = names.flatMap((name) => [
  { name, path: [], kind: 'params', isRequired: true, takesNull: false },
  ...fieldsOf(name, samples[name], []),
])

function fieldsOf(name: OperationName, value: object, path: Path): Target[] {
  const required: readonly string[] =
    path.length > 0 ? requiredOfItems : (operations[name].params.required ?? [])
  return Object.entries(value).flatMap(([field, inner]: [string, unknown]) => {
    const place = [...path, field]
    const target = {
      name,
      path: place,
      kind: kindOf(name, field),
      isRequired: required.includes(field),
      takesNull: takesNull.has(field) && !(name === 'storeEmbeddings'),
    }
    const first: unknown = Array.isArray(inner) ? inner[0] : undefined
    const isRow = typeof first === 'object' && first !== null
    return isRow ? [target, ...fieldsOf(name, first, [...place, 0])] : [target]
  })
}

function kindOf(name: OperationName, field: string): Kind {
  if (name === 'getMessageContext' && (field === 'before' || field === 'after')) return 'neighbours'
  const kind = kinds[field]
  if (kind === undefined) throw new Error(`The fuzz test knows no kind for the field '${field}'`)
  return kind
}

/** The value with what stands at `path` replaced; `undefined` leaves a field out. */
export function replaceAt(value: unknown, path: Path, replacement: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined) return replacement
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (index === step ? replaceAt(item, rest, replacement) : item))
  }
  const inner: unknown = Reflect.get(Object(value), step)
  const entries = Object.entries({ ...Object(value), [step]: replaceAt(inner, rest, replacement) })
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined))
}
