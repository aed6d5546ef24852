import { openDatabase } from 'convodb'
import type { ExitTask } from './ending-task.js'

/** Ends the process while the threads of a database load SQLite. */
const task: ExitTask = JSON.parse(process.argv[2] ?? '{}')
setTimeout(() => process.exit(task.exitCode), task.afterMs)
await openDatabase(':memory:', { readers: 2 })
