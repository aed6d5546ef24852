import type { JsonObject } from '../../main/index.js'
import { themes, type Language } from './phrases/language.js'
import { languages } from './phrases/languages.js'
import type { Random } from './random.js'
import { zipfSampler } from './weighted.js'

export interface Person {
  readonly userId: string
  readonly displayName: string
  /** What others call them in a conversation. */
  readonly callName: string
  readonly language: Language
  readonly profile: JsonObject
}

/** Everyone gets a few speakers, so that no channel is a monologue. */
const speakersAtLeast = 4

/** Invents the chat's users, each at home in one language; frequent languages have more of them. */
export function createPeople(random: Random, count: number): readonly Person[] {
  const anyLanguage = zipfSampler(languages, 0.8)
  return Array.from({ length: count }, (_, index) => {
    const guaranteed =
      index < languages.length * speakersAtLeast ? languages[index % languages.length] : undefined
    return createPerson(random, guaranteed ?? anyLanguage(random), index)
  })
}

function createPerson(random: Random, language: Language, index: number): Person {
  const givenName = random.pick(language.givenNames)
  const familyName = random.pick(language.familyNames)
  const isFamilyFirst = language.nameOrder === 'family first'
  return {
    userId: `user-${String(index + 1).padStart(4, '0')}`,
    displayName: isFamilyFirst
      ? `${familyName}${language.sentenceGap}${givenName}`
      : `${givenName} ${familyName}`,
    callName: language.code === 'ja' ? familyName : givenName,
    language,
    profile: {
      language: language.code,
      timeZone: language.timeZone,
      likes: [...new Set([random.pick(themes), random.pick(themes)])],
      notifications: { mentions: true, everything: random.chance(0.2) },
    },
  }
}
