/** What a database needs beside its first thread. */
export { PoolExecutor } from './executors/pool/pool-executor.js'
export { createLocalDatabase } from './local-database.js'
