/** How a server listens, whom it lets in and what it bears. Each may be left out but where its word says otherwise. */
export interface ServerOptions {
  /** Address to listen on. Any that others can reach needs TLS or `behindTlsProxy`. Default `'127.0.0.1'`. */
  readonly host?: string | undefined
  /** Port to listen on; 0 takes a free one. Default 7410. */
  readonly port?: number | undefined
  /** PEM files: HTTPS in place of HTTP. */
  readonly tlsCert?: string | undefined
  readonly tlsKey?: string | undefined
  /** Says that a proxy before it speaks TLS to the world, so that it may listen on an address of others. Default false. */
  readonly behindTlsProxy?: boolean | undefined
  /** Names by which it is called beside `localhost` and its address: whatever else stands in `Host` is refused. Default none. */
  readonly allowedHosts?: readonly string[] | undefined
  /** Origins whose pages may call it (CORS). Default none. */
  readonly corsOrigins?: readonly string[] | undefined
  /** Bytes of a request's body at most. Default 4,194,304. */
  readonly maxBodyBytes?: number | undefined
  /** Levels of lists and objects in a request's body at most; metadata may have 64 of them. Default 100. */
  readonly maxJsonDepth?: number | undefined
  /** Bytes of the answers of one request together, of which there may be a thousand. Default 268,435,456. */
  readonly maxResponseBytes?: number | undefined
  /** Bytes of a request's headers at most. Default 16,384. */
  readonly maxHeaderBytes?: number | undefined
  /** Connections at once; more are closed. Default 20,000. */
  readonly maxConnections?: number | undefined
  /** Requests of one key in a second; more get RATE_LIMITED. 0: as many as it likes. Default 2,000. */
  readonly maxRequestsPerSecond?: number | undefined
  /** How long a request may take to arrive, in milliseconds. Default 30,000. */
  readonly requestTimeoutMs?: number | undefined
  /** How long a connection may be idle, in milliseconds. Default 72,000. */
  readonly idleTimeoutMs?: number | undefined
  /** How long `close` waits for requests, in milliseconds; then they are cut. Default 10,000. */
  readonly closeTimeoutMs?: number | undefined
  /** Leases of connections at once; others wait for up to five seconds, and then get OVERLOADED. Default 16. */
  readonly maxLeases?: number | undefined
  /** Streams of changes at once. Default 2,000. */
  readonly maxStreams?: number | undefined
  /** Uploads by `POST /v1/ingest` at once; more get OVERLOADED. Default 4. */
  readonly maxIngests?: number | undefined
  /** Bytes of a line of an upload at most, unpacked; a longer one is refused alone. Default 4,194,304. */
  readonly maxLineBytes?: number | undefined
  /** How long an upload may send nothing, in milliseconds, while it might. Default 60,000. */
  readonly ingestIdleTimeoutMs?: number | undefined
  /** Bytes of a body of `POST /v1/import` at most, as they come. Default 4,294,967,296. */
  readonly maxImportBytes?: number | undefined
  /** Where a backup that is being streamed and a file that is being imported are kept meanwhile. Default: the system's folder for temporary files. */
  readonly temporaryFolder?: string | undefined
}

type WithoutDefault = 'tlsCert' | 'tlsKey' | 'temporaryFolder'

export type ResolvedServerOptions = Pick<ServerOptions, WithoutDefault> & {
  readonly [Name in Exclude<keyof ServerOptions, WithoutDefault>]-?: Exclude<ServerOptions[Name], undefined>
}

export const serverDefaults = {
  host: '127.0.0.1',
  port: 7410,
  behindTlsProxy: false,
  allowedHosts: [],
  corsOrigins: [],
  maxBodyBytes: 4 * 1024 * 1024,
  maxJsonDepth: 100,
  maxResponseBytes: 256 * 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  maxConnections: 20_000,
  maxRequestsPerSecond: 2_000,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 72_000,
  closeTimeoutMs: 10_000,
  maxLeases: 16,
  maxStreams: 2_000,
  maxIngests: 4,
  maxLineBytes: 4 * 1024 * 1024,
  ingestIdleTimeoutMs: 60_000,
  maxImportBytes: 4 * 1024 * 1024 * 1024,
} as const satisfies ResolvedServerOptions
