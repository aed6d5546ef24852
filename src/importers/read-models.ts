import { ConvoDbError } from '../main/index.js'
import { readLines } from './lines.js'

export interface ReadModel<Model> {
  readonly line: number
  readonly model: Model
  /** The line's length, which bounds how much is under way at a time. */
  readonly bytes: number
}

export interface RefusedLine {
  readonly line: number
  readonly reason: string
}

/**
 * Reads a file of lines as a stream of models.
 *
 * @param chunks the file's bytes.
 * @param read makes the model of a line's text, or throws INVALID_ARGUMENT.
 * @returns each line's model, or why it is none.
 * @throws what reading `chunks` throws
 */
export async function* readModels<Model>(
  chunks: AsyncIterable<Buffer>,
  read: (text: string) => Model,
): AsyncGenerator<ReadModel<Model> | RefusedLine> {
  for await (const line of readLines(chunks)) {
    if ('problem' in line) yield { line: line.number, reason: line.problem }
    else yield toModel(line.number, line.text, line.bytes, read)
  }
}

function toModel<Model>(
  line: number,
  text: string,
  bytes: number,
  read: (text: string) => Model,
): ReadModel<Model> | RefusedLine {
  try {
    return { line, model: read(text), bytes }
  } catch (error) {
    if (error instanceof ConvoDbError && error.code === 'INVALID_ARGUMENT') {
      return { line, reason: error.message }
    }
    throw error
  }
}
