import type pg from 'pg'
import type { AskedTogether } from './asked-together.js'
import { Id, Ids, toBound, type Value } from './bound-values.js'
import { Changes } from './changes.js'
import { Counters } from './counters.js'
import { isDivided, isSearchOn, settingsOfPooled } from './connect.js'
import { gatherWrites, sendGathered } from './gathered-writes.js'
import { Scope } from './scope.js'
import { Sent } from './sent.js'
import { factsOf } from './statement-facts.js'
import { decodeText, encodeId, encodeText, isLongId, isPlainId } from './text.js'

const selectLongIds = `SELECT short_id AS "shortId", id FROM long_ids WHERE short_id = ANY ($1::text[])`
const insertLongIds = `
  INSERT INTO long_ids (short_id, id) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT (short_id) DO NOTHING`

/** A message's place, where it is and by which key. */
export interface MessagePlace {
  readonly messageId: string
  readonly channelId: string
  readonly messageKey: number
}

/** What a session may share with another one of its transaction, or with a whole connection. */
interface Parts {
  readonly scope?: Scope
  readonly longIds?: Map<string, string>
  readonly changes?: Changes
  readonly counters?: Counters
  readonly sent?: Sent
  readonly places?: AskedTogether<MessagePlace> | undefined
}

interface ListOptions {
  readonly isPlannedAnew?: boolean
}

/** A statement with what it binds. */
export interface Query {
  readonly name?: string | undefined
  readonly text: string
  values: unknown[]
  readonly rowMode?: 'array'
  /** Says of a statement without a name that it is one of these nevertheless. */
  readonly isPlannedAnew?: boolean
}

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
  readonly #sent: Sent
  /** The places of messages that others of the same snapshot ask for, too; undefined where there are no others. */
  readonly places: AskedTogether<MessagePlace> | undefined

  constructor(client: pg.Client, { scope, longIds, changes, counters, sent, places }: Parts = {}) {
    this.#client = client
    this.#isPooled = settingsOfPooled(client) !== undefined
    this.scope = scope ?? new Scope()
    this.changes = changes ?? new Changes()
    this.counters = counters ?? new Counters()
    this.#longIds = longIds ?? new Map()
    this.#sent = sent ?? new Sent()
    this.places = places
  }

  /** The same transaction, held to some channels. */
  within(channelIds: readonly string[] | undefined): Session {
    if (channelIds === undefined) return this
    const { changes, counters, places } = this
    const scope = this.scope.within(channelIds)
    return new Session(this.#client, {
      scope,
      longIds: this.#longIds,
      changes,
      counters,
      sent: this.#sent,
      places,
    })
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

  ids(ids: readonly string[]): Ids {
    return new Ids(ids.map((id) => (isPlainId(id) ? id : encodeId(id).text)))
  }

  /** To be bound where an id is stored. */
  newId(id: string): Id {
    const { text, isLong } = encodeId(id)
    if (isLong) this.#longIds.set(text, encodeText(id))
    return new Id(text)
  }

  newIds(ids: readonly string[]): Ids {
    return new Ids(ids.map((id) => (isPlainId(id) ? id : this.newId(id).text)))
  }

  /** All rows. */
  async all<Row>(sql: string, values?: readonly Value[]): Promise<Row[]>
  async all(sql: string, values: readonly Value[] = []): Promise<unknown[]> {
    const { rows } = await this.#ask<object>(this.#queryOf(sql, values))
    return this.#decode(rows)
  }

  /** All rows, each as a list of its values. A statement is prepared once a connection, unless it has to be planned for its values. */
  async lists<Row>(sql: string, values?: readonly Value[], options?: ListOptions): Promise<Row[]>
  async lists(
    sql: string,
    values: readonly Value[] = [],
    { isPlannedAnew = false }: ListOptions = {},
  ): Promise<unknown[]> {
    const query = this.#queryOf(sql, values)
    const { rows } = await this.#ask<unknown[]>({
      ...query,
      ...(isPlannedAnew && { name: undefined, isPlannedAnew }),
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
    const { rowCount } = await this.#ask(this.#queryOf(sql, values))
    return rowCount ?? 0
  }

  /**
   * Sends a statement for whose end nobody waits before the next one: `settle` does, and tells what it has met; where it fails, all fail that
   * come behind it.
   */
  send(sql: string, values: readonly Value[] = []): void {
    this.sendPrepared(this.prepare(sql, values))
  }

  /** Makes a statement that may be sent later: while the server is busy, say. */
  prepare(sql: string, values: readonly Value[]): Query {
    return this.#queryOf(sql, values)
  }

  sendPrepared(query: Query): void {
    this.#sent.add(this.#ask(query))
  }

  /** Lets the server begin with what was sent in this turn, where there is something to do meanwhile. */
  hurry(): void {
    sendGathered(this.#client)
  }

  /** Waits for all that was sent. @throws what the first statement that failed has met */
  settle(): Promise<void> {
    return this.#sent.settle()
  }

  /** What is behind an error of a statement: where it failed because one before it had, that one's. */
  causeOf(error: unknown): Promise<unknown> {
    return this.#sent.causeOf(error)
  }

  /** @throws what the first statement that failed has met, for which the server rolls back instead */
  async commit(): Promise<void> {
    const { command } = await this.#ask({ text: 'COMMIT', values: [] })
    if (command === 'COMMIT') return
    await this.settle()
    throw new Error(`The server answered a commit by ${command}`)
  }

  /** Goes back to a savepoint, before which nothing had failed. */
  async rollBackTo(savepoint: string): Promise<void> {
    await this.#ask({ text: `ROLLBACK TO SAVEPOINT ${savepoint}`, values: [] })
    this.#sent.clear()
  }

  /** To be called when nothing that this transaction has stored has a long id any more. */
  dropLongId(id: Id): void {
    this.#longIds.delete(id.text)
  }

  /** To be called before the commit: makes the long ids known that were stored. */
  keepLongIds(): void {
    if (this.#longIds.size === 0) return
    const entries = [...this.#longIds].toSorted(([one], [other]) => (one < other ? -1 : 1))
    // They are escaped already.
    this.send(insertLongIds, [new Ids(entries.map(([short]) => short)), new Ids(entries.map(([, id]) => id))])
  }

  async #ask<Row extends pg.QueryResultRow>(query: Query): Promise<pg.QueryResult<Row>> {
    gatherWrites(this.#client)
    try {
      return await this.#client.query<Row>(query)
    } catch (error) {
      this.#sent.fail(error)
      throw error
    }
  }

  /** A statement with what it binds. Over a pooler a name may be another's, or nobody's. */
  #queryOf(sql: string, values: readonly Value[]): Query {
    const { name, elementTypes } = factsOf(sql)
    const bound = values.map((value, index) => toBound(value, elementTypes[index]))
    return this.#isPooled ? { text: sql, values: bound } : { name, text: sql, values: bound }
  }

  async #decode<Row extends object>(rows: Row[]): Promise<Row[]> {
    if (!rows.some(hasEscapes)) return rows
    const long = new Set<string>()
    for (const row of rows)
      for (const value of Object.values(row))
        if (typeof value === 'string' && isLongId(value)) long.add(value)
    const ids = long.size === 0 ? undefined : await this.#findLongIds([...long])
    return rows.map((row) => decodeRow(row, ids))
  }

  async #findLongIds(short: readonly string[]): Promise<Map<string, string>> {
    const { rows } = await this.#ask<{ shortId: string; id: string }>(
      this.#queryOf(selectLongIds, [new Ids(short)]),
    )
    return new Map([...rows.map(({ shortId, id }) => [shortId, id] as const), ...this.#longIds])
  }
}

function hasEscapes(row: object): boolean {
  for (const value of Array.isArray(row) ? row : Object.values(row))
    if (typeof value === 'string' && value.includes('\u0001')) return true
  return false
}

/** Rows with nothing to decode are most, and stay as they are. */
function decodeRow<Row extends object>(row: Row, ids: ReadonlyMap<string, string> | undefined): Row
function decodeRow(row: object, ids: ReadonlyMap<string, string> = new Map()): object {
  if (!hasEscapes(row)) return row
  const decode = (value: unknown): unknown =>
    typeof value === 'string' ? decodeText(ids.get(value) ?? value) : value
  return Array.isArray(row)
    ? row.map(decode)
    : Object.fromEntries(Object.entries(row).map(([key, value]) => [key, decode(value)]))
}
