import { arabic } from './arabic.js'
import { chinese } from './chinese.js'
import { english } from './english.js'
import { french } from './french.js'
import { german } from './german.js'
import { hindi } from './hindi.js'
import { japanese } from './japanese.js'
import type { Language } from './language.js'
import { portuguese } from './portuguese.js'
import { spanish } from './spanish.js'

/** The most frequent first: channels take them by Zipf's law. */
export const languages: readonly Language[] = [
  english,
  spanish,
  german,
  japanese,
  french,
  chinese,
  portuguese,
  arabic,
  hindi,
]
