import type { Params } from 'convodb'
import { numbersOf, Refusal, type State } from './state.js'
import { requireRow } from './views.js'

export const embeddingWrites = {
  storeEmbeddings(state: State, { embeddings }: Params<'storeEmbeddings'>) {
    for (const { ownerType, ownerId, model, vector } of embeddings) {
      requireRow<unknown>(ownerType === 'message' ? state.messages : state.segments, ownerId)
      const numbers = numbersOf(vector)
      const dimension = state.dimensions.get(model) ?? numbers.length
      if (dimension !== numbers.length) throw new Refusal('DIMENSION_MISMATCH')
      state.dimensions.set(model, dimension)
      const key = JSON.stringify([ownerType, ownerId, model])
      state.embeddings.set(key, { ownerType, ownerId, model, vector: numbers })
    }
    return embeddings.length
  },

  deleteEmbeddings(state: State, { ownerType, ownerIds, model }: Params<'deleteEmbeddings'>) {
    const found = [...state.embeddings].filter(
      ([, embedding]) =>
        embedding.ownerType === ownerType &&
        ownerIds.includes(embedding.ownerId) &&
        (model === undefined || embedding.model === model),
    )
    for (const [key] of found) state.embeddings.delete(key)
    return found.length
  },
}
