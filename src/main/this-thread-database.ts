/** What a database needs that is read in this thread. */
export { openInThisThread } from './executors/this-thread/this-thread-executor.js'
export { createLocalDatabase } from './local-database.js'
