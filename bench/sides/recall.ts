import { openDatabase, type DatabaseManager, type RecallRequest } from 'convodb'
import { inParallel } from '../measure/in-parallel.js'
import { createEmbedder } from '../recall/word-vectors.js'
import { readExcerpts, type Excerpt } from '../segmenting/irc.js'
import { describeConvoDb, openConvoDb, pathIn } from './convodb.js'
import type { Side, SideInput } from './side.js'

const model = 'mean-words'
const depth = 51

interface Question {
  readonly text: string
  readonly channelId: string
  readonly messageId: string
  readonly answerId: string
}

/** Every so many of all replies, whose texts have something left without the names of those who talk there. */
function questionsOf(excerpts: readonly Excerpt[], count: number): Question[] {
  const questions = excerpts.flatMap(({ channelId, messages, answered }) => {
    const names = new Set(messages.map(({ userId }) => userId.toLowerCase()))
    const withoutNames = (content: string): string =>
      content
        .split(/\s+/)
        .filter((word) => !names.has(word.toLowerCase().replace(/[:,]+$/, '')))
        .join(' ')
    const texts = new Map(messages.map(({ messageId, content }) => [messageId, withoutNames(content)]))
    return [...answered].flatMap(([messageId, answerId]) => {
      const text = texts.get(messageId) ?? ''
      return text === '' || answerId === messageId ? [] : [{ text, channelId, messageId, answerId }]
    })
  })
  const step = Math.max(1, Math.floor(questions.length / count))
  return questions.filter((_, index) => index % step === 0).slice(0, count)
}

async function store(
  { folder }: SideInput,
  excerpts: readonly Excerpt[],
  withVectors: boolean,
): Promise<void> {
  const embed = withVectors ? createEmbedder() : undefined
  await using db = await openDatabase(pathIn(folder))
  for (const { messages } of excerpts) {
    await db.addMessages(messages)
    if (embed === undefined) continue
    await db.storeEmbeddings(
      messages.map(({ messageId, content }) => ({
        ownerType: 'message',
        ownerId: messageId,
        model,
        vector: embed(content),
      })),
    )
  }
}

const recalling =
  (usesWords: boolean, usesMeaning: boolean): Side =>
  async (input) => {
    const excerpts = readExcerpts()
    await store(input, excerpts, usesMeaning)
    const embed = usesMeaning ? createEmbedder() : undefined
    await using db = await openConvoDb(input)
    const questions = questionsOf(excerpts, input.reads)
    const ranks: number[] = []
    const ask = async (question: Question): Promise<void> => {
      const request = {
        ...(usesWords && { text: question.text }),
        ...(embed !== undefined && { vector: embed(question.text), model }),
      }
      ranks.push(await rankOfAnswer(db, question, request))
    }
    for (const question of questions.slice(0, 20)) await ask(question)
    ranks.length = 0
    const report = await inParallel(questions, 1, ask)
    const within = (most: number): number => ranks.filter((rank) => rank <= most).length / ranks.length
    return {
      items: questions.length,
      ...report,
      recall: within(10),
      quality: {
        recallAt1: within(1),
        recallAt5: within(5),
        recallAt20: within(20),
        recallAt50: within(50),
        reciprocalRank: ranks.reduce((sum, rank) => sum + 1 / rank, 0) / ranks.length,
      },
      engine: await describeConvoDb(db),
    }
  }

/** From 1 on, the question itself not counted; infinite where it is not among the first fifty. */
async function rankOfAnswer(
  db: DatabaseManager,
  { channelId, messageId, answerId }: Question,
  request: RecallRequest,
): Promise<number> {
  const passages = await db.recall({
    ...request,
    channelId,
    context: 0,
    limit: depth,
    budget: 1_000_000,
    recencyWeight: 0,
    format: 'passages',
  })
  const found = passages.flatMap(({ hitIds }) => hitIds).filter((id) => id !== messageId)
  const index = found.indexOf(answerId)
  return index === -1 ? Infinity : index + 1
}

export const recallWords = recalling(true, false)
export const recallMeaning = recalling(false, true)
export const recallBoth = recalling(true, true)
