import { isInText, needsTexts, type WordQuestion } from '../../protocol/words/lookups.js'
import type { Session } from '../connection/session.js'
import { readTexts } from '../reading/contents.js'
import { wordPlaceOf, type Hit } from './hits.js'

/** Of some hits those that have side by side what must stand so, in their order. */
export async function checkTexts(
  session: Session,
  question: WordQuestion,
  hits: readonly Hit[],
  isChecked = needsTexts(question),
): Promise<readonly Hit[]> {
  if (!isChecked || hits.length === 0) return hits
  const right = new Set<number>()
  for await (const { messageKey, content } of readTexts(session, hits.map(wordPlaceOf)))
    if (isInText(content, question)) right.add(messageKey)
  return hits.filter(({ key }) => right.has(key))
}
