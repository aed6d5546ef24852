import type { DatabaseManager } from 'convodb'

/**
 * How a call ended: 'resolved', or a code. Behind the compiler's back: what a JavaScript caller or a client could send.
 */
export async function outcomeOf(db: DatabaseManager, name: unknown, params: unknown): Promise<string> {
  const call: Promise<unknown> = Reflect.apply(db.execute, undefined, [name, params])
  return call.then(
    () => 'resolved',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  )
}
