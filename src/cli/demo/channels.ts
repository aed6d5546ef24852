import type { Person } from './people.js'
import { themes, type Language, type Theme } from './phrases/language.js'
import { languages } from './phrases/languages.js'
import type { Random } from './random.js'
import { zipfSampler } from './weighted.js'

export interface ChatChannel {
  readonly channelId: string
  readonly name: string
  readonly language: Language
  readonly theme: Theme
  /** One of the channel's speakers; a few of them write most of it. */
  readonly someone: (random: Random) => Person
}

/** Invents the channels, the busiest first; each has one language and one theme. */
export function createChannels(
  random: Random,
  people: readonly Person[],
  count: number,
): readonly ChatChannel[] {
  const anyLanguage = zipfSampler(languages, 1)
  const named = new Map<string, number>()
  return Array.from({ length: count }, (_, index) => {
    const language = languages[index] ?? anyLanguage(random)
    const theme = themes[index % themes.length] ?? random.pick(themes)
    const plainName = `${theme}-${language.code}`
    const earlier = named.get(plainName) ?? 0
    named.set(plainName, earlier + 1)
    const channelId = earlier === 0 ? plainName : `${plainName}-${earlier + 1}`
    const speakers = people.filter((person) => person.language === language)
    // Turned by the channel's place, so that not the same few people lead everywhere.
    const turn = (index * 3) % speakers.length
    return {
      channelId,
      name: `#${channelId}`,
      language,
      theme,
      someone: zipfSampler([...speakers.slice(turn), ...speakers.slice(0, turn)], 0.9),
    }
  })
}
