import type { DatabaseManager, EmbeddingOwner, EmbeddingProgress } from '../../main/index.js'
import type { Embedder } from './embedder.js'

interface ToEmbed {
  readonly model: string
  readonly owner: EmbeddingOwner
  readonly batchSize: number
  readonly leaseMs: number
  readonly follow: boolean
  readonly signal: AbortSignal
  readonly onProgress: (stored: number, progress: EmbeddingProgress) => void
}

/** What was done. */
export interface EmbedReport {
  stored: number
  skipped: number
}

/** Batch after batch through a program; one that fails gives its batch back. The report is of what was done, also when it is ended. */
export async function embedPending(
  db: DatabaseManager,
  embedder: Embedder,
  { signal, onProgress, ...asked }: ToEmbed,
  report: EmbedReport,
): Promise<void> {
  const { model, owner } = asked
  for await (const batch of db.pendingEmbeddings(asked, { signal })) {
    const vectors = await embedder.embed(batch.items)
    report.stored += await batch.store(vectors)
    report.skipped += vectors.filter((vector) => vector === null).length
    onProgress(report.stored, await db.embeddingProgress({ model, owner }))
  }
}
