import { resolve } from 'node:path'
import type { Source } from '../../source.js'

/** Before the chat's name, in the languages that have it there: `WhatsApp Chat with Ada.txt`, `WhatsApp Chat - Ada.zip`. */
const link =
  'with|mit|con|avec|com|met|med|dengan|cu|z użytkownikiem|s uživatelem|s používateľom|' +
  'с контактом|з контактом|із|עם|مع|با|-|–'

const named = [
  new RegExp(`^.*WhatsApp.*? (?:${link}) (?<name>.+)$`, 'iu'),
  new RegExp(`^.*(?:واتساب|واتس اب).*? (?:${link}) (?<name>.+)$`, 'iu'),
  // `Ada ile WhatsApp Sohbeti.txt`, `Ada님과의 WhatsApp 대화.txt`, `与Ada的 WhatsApp 聊天.txt`
  /^(?<name>.+?)(?: ile |님과의? |との ?)WhatsApp.*$/iu,
  /^[与與] ?(?<name>.+?) ?的 ?WhatsApp.*$/iu,
]

/** The chat of a file: what is called `_chat.txt` where somebody stands lies in a folder, which says its name. */
export const chatNameIn = ({ name, filePath }: Pick<Source, 'name' | 'filePath'>): string =>
  // What came over the network has another name than the file that it was put into.
  chatNameOf(filePath === name ? resolve(name) : name)

/** The chat by what a file is called, or, where that is `_chat.txt`, what the archive or folder is called that it is in. */
export function chatNameOf(sourceName: string): string {
  const names = sourceName.split(/[\\/]/)
  const file = bare(names.pop() ?? sourceName)
  const parent = bare(names.pop() ?? '')
  const own = file === '_chat' && parent !== '' ? parent : file
  return named.map((pattern) => pattern.exec(own)?.groups?.['name']).find(Boolean) ?? own
}

/** Without ending, without the number that a browser puts behind a second download, and with letters as other systems write them. */
const bare = (name: string): string =>
  name
    .normalize('NFC')
    .replace(/\.gz$/i, '')
    .replace(/\.(?:txt|zip)$/i, '')
    .replace(/ \(\d+\)$/, '')
