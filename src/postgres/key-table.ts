import type pg from 'pg'
import { begin } from './connection/begin.js'
import { connect, disconnect, type ConnectSettings } from './connection/connect.js'
import { isConnectionLost, toError, toOpeningError } from './connection/errors.js'
import { Session } from './connection/session.js'
import { migrate } from './schema/migrate.js'
import {
  addFirstKey,
  addKey,
  deleteKeyById,
  listKeys,
  readKeysVersion,
  type KeptKey,
} from './tables/server-keys.js'

export type { KeptKey }

/**
 * The keys of the servers of one database, which all of them share. Over a connection of its own, so that a busy database still hears
 * of a key that was revoked; one that is lost is made anew, once a call.
 */
export class KeyTable {
  readonly #settings: ConnectSettings
  #client: Promise<pg.Client> | undefined

  private constructor(settings: ConnectSettings) {
    this.#settings = settings
  }

  /** @throws CANNOT_OPEN, NOT_FOUND (with `create: false`), NEWER_SCHEMA, UNREACHABLE */
  static async open(url: string, { create }: { readonly create: boolean }): Promise<KeyTable> {
    const table = new KeyTable({ url, statementTimeoutMs: 10_000, lockTimeoutMs: 5_000 })
    try {
      await table.#use(async (client) => {
        try {
          await migrate(client, { create, readOnly: false })
        } catch (error) {
          throw isConnectionLost(error) ? error : toOpeningError(error)
        }
      })
      return table
    } catch (error) {
      await table.close()
      throw error
    }
  }

  list(): Promise<KeptKey[]> {
    return this.#use((client) => listKeys(new Session(client)))
  }

  async add(key: KeptKey): Promise<void> {
    await this.#use((client) => addKey(new Session(client), key))
  }

  /** Only where there is none yet; tells whether it was. */
  addFirst(key: KeptKey): Promise<boolean> {
    return this.#use(async (client) => {
      await begin(client, 'write')
      try {
        const isFirst = await addFirstKey(new Session(client), key)
        await client.query('COMMIT')
        return isFirst
      } catch (error) {
        await client.query('ROLLBACK')
        throw error
      }
    })
  }

  /** Tells whether there was one. */
  delete(keyId: string): Promise<boolean> {
    let tries = 0
    return this.#use(async (client) => {
      tries += 1
      // At the second try it may be gone by the first, of whose end nothing was heard.
      return (await deleteKeyById(new Session(client), keyId)) || tries > 1
    })
  }

  version(): Promise<string> {
    return this.#use((client) => readKeysVersion(new Session(client)))
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined)
    this.#client = undefined
    if (client !== undefined) await disconnect(client)
  }

  /** Whatever is done here may be done twice. @throws UNREACHABLE and other codes of the server's errors */
  async #use<Value>(work: (client: pg.Client) => Promise<Value>): Promise<Value> {
    try {
      return await this.#try(work)
    } catch (error) {
      if (!isConnectionLost(error)) throw toError(error)
    }
    try {
      return await this.#try(work)
    } catch (error) {
      throw toError(error)
    }
  }

  async #try<Value>(work: (client: pg.Client) => Promise<Value>): Promise<Value> {
    const connecting = (this.#client ??= connect(this.#settings))
    try {
      return await work(await connecting)
    } catch (error) {
      if (isConnectionLost(error)) this.#forget(connecting)
      throw error
    }
  }

  #forget(connecting: Promise<pg.Client>): void {
    if (this.#client === connecting) this.#client = undefined
    void connecting.then((client) => disconnect(client)).catch(() => 'it was never there')
  }
}
