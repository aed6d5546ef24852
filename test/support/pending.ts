import type { DatabaseManager, EmbeddingOwner } from 'convodb'

/** Gives every message or segment that there is by now a vector of a model, so that only what comes is pending. */
export async function embedAll(db: DatabaseManager, model: string, owner: EmbeddingOwner): Promise<void> {
  for await (const batch of db.pendingEmbeddings({ model, owner, batchSize: 1_000 })) {
    await batch.store(batch.items.map(() => [1]))
  }
}

/** The ids of what is pending, which then has a vector. */
export async function pendingIds(
  db: DatabaseManager,
  model: string,
  owner: EmbeddingOwner = 'message',
): Promise<string[]> {
  const ids: string[] = []
  for await (const batch of db.pendingEmbeddings({ model, owner })) {
    ids.push(...batch.items.map(({ ownerId }) => ownerId))
    await batch.store(batch.items.map(() => [1]))
  }
  return ids
}
