import { emoji, link, moods, snippets } from './phrases/decorations.js'
import type { Language, Theme } from './phrases/language.js'
import type { Random } from './random.js'

/** What somebody does by saying something. */
export type Act = 'greet' | 'ask' | 'share' | 'answer' | 'follow up' | 'react' | 'thank'

export interface Occasion {
  readonly language: Language
  readonly theme: Theme
  readonly topic: string
  /** The name of the person addressed. */
  readonly name: string
}

const sentencesOf = (language: Language): Readonly<Record<Act, readonly string[]>> => ({
  greet: language.greetings,
  ask: language.questions,
  share: language.shares,
  answer: language.answers,
  'follow up': language.followUps,
  react: language.reactions,
  thank: language.thanks,
})

/** Words a message: one sentence or two, now and then an emoji, a web address or a piece of code. */
export function compose(random: Random, act: Act, occasion: Occasion): string {
  const { language, theme } = occasion
  const sentence = fillIn(random, random.pick(sentencesOf(language)[act]), occasion)
  if (act === 'answer' && theme === 'technology' && random.chance(0.15)) {
    return `${sentence}\n${random.pick(snippets)}`
  }
  // A web address must end where it ends, in scripts without spaces too.
  const gap = sentence.includes('https:') ? ' ' : language.sentenceGap
  const detail = act === 'answer' && random.chance(0.4) ? `${gap}${random.pick(language.details)}` : ''
  return `${sentence}${detail}${decoration(random, act, theme)}`
}

function fillIn(random: Random, sentence: string, { topic, name, theme }: Occasion): string {
  return sentence
    .replace('{topic}', () => topic)
    .replace('{name}', () => name)
    .replace('{link}', () => link(random, theme))
}

function decoration(random: Random, act: Act, theme: Theme): string {
  const isLively = act === 'react' || act === 'thank' || act === 'greet'
  if (!random.chance(isLively ? 0.45 : 0.12)) return ''
  return ` ${random.pick(random.chance(0.5) ? emoji[theme] : moods)}`
}
