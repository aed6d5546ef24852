import type { JsonValue } from '../../../protocol/models.js'
import type { Notes } from '../../notes.js'
import { headOfWhatIsWhole, SourceError, type Source } from '../../source.js'
import { readJsonValues } from '../json-values.js'
import { shapeOf } from '../shape.js'

/** The conversations of a file, which is a list of them or one alone; one at a time. */
export async function* readConversationValues(source: Source, notes: Notes): AsyncGenerator<JsonValue> {
  const place = (await isOneAlone(source)) ? '$' : '$.*'
  for await (const { value } of readJsonValues(source, [place], notes)) yield value
}

async function isOneAlone(source: Source): Promise<boolean> {
  try {
    const head = (await headOfWhatIsWhole(source)).bytes.toString('utf8').replace(/^\uFEFF/, '')
    return shapeOf(head)?.isList === false
  } catch (error) {
    // It is told of when it is read.
    if (error instanceof SourceError) return false
    throw error
  }
}
