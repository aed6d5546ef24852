import { createHash } from 'node:crypto'
import type pg from 'pg'
import { Changes } from './changes.js'
import { Counters } from './counters.js'
import { isDivided, isSearchOn, settingsOfPooled } from './connect.js'
import { Scope } from './scope.js'
import { decodeText, encodeId, encodeText, isLongId } from './text.js'

/** Values that statements bind. Texts are escaped on the way in and out; ids go through `id` before. */
export type Value =
  string | number | boolean | null | Uint8Array | Id | readonly (string | number | boolean | null | Id)[]

/** An id as it is kept. */
class Id {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const selectLongIds = `SELECT short_id AS "shortId", id FROM long_ids WHERE short_id = ANY ($1::text[])`
const insertLongIds = `
  INSERT INTO long_ids (short_id, id) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT (short_id) DO NOTHING`

/** One connection's transaction, as the functions of the tables use it. */
export class Session {
  readonly scope: Scope
  /** What this transaction has done, for whoever follows the changes. */
  readonly changes: Changes
  /** What its messages bring to channels and users. */
  readonly counters: Counters
  readonly #client: pg.Client
  readonly #isPooled: boolean
  /** Long ids that this transaction has stored. */
  readonly #longIds: Map<string, string>

  constructor(
    client: pg.Client,
    scope = new Scope(),
    longIds = new Map<string, string>(),
    changes = new Changes(),
    counters = new Counters(),
  ) {
    this.#client = client
    this.#isPooled = settingsOfPooled(client) !== undefined
    this.scope = scope
    this.changes = changes
    this.counters = counters
    this.#longIds = longIds
  }

  /** The same transaction, held to some channels. */
  within(channelIds: readonly string[] | undefined): Session {
    return channelIds === undefined
      ? this
      : new Session(this.#client, this.scope.within(channelIds), this.#longIds, this.changes, this.counters)
  }

  get isSearchOn(): boolean {
    return isSearchOn(this.#client)
  }

  /** Whether rows of several channels may be on several nodes: then they are locked channel by channel. */
  get isDivided(): boolean {
    return isDivided(this.#client)
  }

  /** To be bound where a column is compared with an id. */
  id(id: string): Id {
    return new Id(encodeId(id).text)
  }

  ids(ids: readonly string[]): Id[] {
    return ids.map((id) => this.id(id))
  }

  /** To be bound where an id is stored. */
  newId(id: string): Id {
    const { text, isLong } = encodeId(id)
    if (isLong) this.#longIds.set(text, encodeText(id))
    return new Id(text)
  }

  newIds(ids: readonly string[]): Id[] {
    return ids.map((id) => this.newId(id))
  }

  /** All rows. */
  async all<Row>(sql: string, values?: readonly Value[]): Promise<Row[]>
  async all(sql: string, values: readonly Value[] = []): Promise<unknown[]> {
    const { rows } = await this.#client.query<object>({
      name: this.#nameOf(sql),
      text: sql,
      values: values.map(toBound),
    })
    return this.#decode(rows)
  }

  /** All rows, each as a list of its values. */
  async lists<Row>(sql: string, values?: readonly Value[]): Promise<Row[]>
  async lists(sql: string, values: readonly Value[] = []): Promise<unknown[]> {
    const { rows } = await this.#client.query({
      name: this.#nameOf(sql),
      text: sql,
      values: values.map(toBound),
      rowMode: 'array',
    })
    return this.#decode(rows)
  }

  /** The first row, or undefined. */
  async get<Row>(sql: string, values?: readonly Value[]): Promise<Row | undefined> {
    const [row] = await this.all<Row>(sql, values)
    return row
  }

  /** Runs one statement that returns no rows and tells how many it changed. */
  async run(sql: string, values: readonly Value[] = []): Promise<number> {
    const { rowCount } = await this.#client.query({
      name: this.#nameOf(sql),
      text: sql,
      values: values.map(toBound),
    })
    return rowCount ?? 0
  }

  /** To be called before the commit: makes the long ids known that were stored. */
  async keepLongIds(): Promise<void> {
    if (this.#longIds.size === 0) return
    const entries = [...this.#longIds].toSorted(([one], [other]) => (one < other ? -1 : 1))
    await this.#client.query({
      name: this.#nameOf(insertLongIds),
      text: insertLongIds,
      values: [entries.map(([short]) => short), entries.map(([, id]) => id)],
    })
  }

  /** Over a pooler a name may be another's, or nobody's. */
  #nameOf(sql: string): string | undefined {
    return this.#isPooled ? undefined : nameOf(sql)
  }

  async #decode<Row extends object>(rows: readonly Row[]): Promise<Row[]> {
    const long = new Set<string>()
    for (const row of rows)
      for (const value of Object.values(row))
        if (typeof value === 'string' && isLongId(value)) long.add(value)
    const ids = long.size === 0 ? undefined : await this.#findLongIds([...long])
    return rows.map((row) => decodeRow(row, ids))
  }

  async #findLongIds(short: readonly string[]): Promise<Map<string, string>> {
    const { rows } = await this.#client.query<{ shortId: string; id: string }>({
      name: this.#nameOf(selectLongIds),
      text: selectLongIds,
      values: [short],
    })
    return new Map([...rows.map(({ shortId, id }) => [shortId, id] as const), ...this.#longIds])
  }
}

/** Rows with nothing to decode are most, and stay as they are. */
function decodeRow<Row extends object>(row: Row, ids: ReadonlyMap<string, string> | undefined): Row
function decodeRow(row: object, ids: ReadonlyMap<string, string> = new Map()): object {
  if (!Object.values(row).some((value) => typeof value === 'string' && value.includes('\u0001'))) return row
  const decode = (value: unknown): unknown =>
    typeof value === 'string' ? decodeText(ids.get(value) ?? value) : value
  return Array.isArray(row)
    ? row.map(decode)
    : Object.fromEntries(Object.entries(row).map(([key, value]) => [key, decode(value)]))
}

function toBound(value: Value): unknown {
  if (typeof value === 'string') return encodeText(value)
  if (value instanceof Id) return value.text
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (typeof value !== 'object' || value === null) return value
  return value.map((item) =>
    item instanceof Id ? item.text : typeof item === 'string' ? encodeText(item) : item,
  )
}

/**
 * A statement that has a name is prepared once a connection. It is the same name in every process: behind a pooler that nobody was told of,
 * another one's would be somebody else's statement.
 */
const names = new Map<string, string>()

function nameOf(sql: string): string {
  const known = names.get(sql)
  if (known !== undefined) return known
  const name = `convodb_${createHash('sha256').update(sql).digest('base64url').slice(0, 22)}`
  names.set(sql, name)
  return name
}
