import type { Head } from '../format.js'
import { splitFirstLine } from './first-line.js'
import { readHeader, type Header } from './header.js'

/** So many lines of a file are looked at. */
const lineCount = 20

/** Whether a file that begins so is a chat of WhatsApp, and not a program's log, which has dates before its lines, too. */
export function isWhatsApp({ path, text }: Pick<Head, 'path' | 'text'>): boolean {
  const headers = text.split(/\r?\n/, lineCount).flatMap((line) => readHeader(line) ?? [])
  const first = headers.find((header) => !isOfLog(header.rest))
  if (first === undefined) return false
  if (isNamedSo(path)) return true
  if (headers.some((header) => isOfLog(header.rest))) return false
  const authors = headers.flatMap(({ rest }) => splitFirstLine(rest).author ?? [])
  // Phones of Android write what a group tells of without a name, and few programs write such headers.
  if (first.pattern === 'dashed' || first.pattern === 'time first, dashed') return true
  return authors.length > 0 && (first.pattern !== 'colon' || isOldChat(headers, authors))
}

/** Whether headers as iPhones wrote them before 2016 are those of a chat: programs write no comma, or no names of people. */
function isOldChat(headers: readonly Header[], authors: readonly string[]): boolean {
  if (headers.every(({ hasComma }) => hasComma)) return true
  return authors.filter((author) => !isProgram.test(author)).length * 2 > headers.length
}

/** `_chat.txt`, `WhatsApp Chat with Ada.txt`; but a log by its ending is one, whatever of. */
function isNamedSo(path: string): boolean {
  const name = path.split(/[\\/]/).pop() ?? path
  return (
    /^_chat(?: \(\d+\))?\.txt(?:\.gz)?$|whatsapp|واتساب|واتس اب/iu.test(name) && !/\.log(?:\.|$)/i.test(name)
  )
}

/** `nginx`, `app.worker`, `src/main.c` */
const isProgram = /^[a-z\d_-]+$|^\S*[./\\=()[\]]\S*$/

/** `INFO: `, `[main] ERROR `, `production.ERROR: `, `worker[1]: ` */
const logLine =
  /^(?:[[(<]?[\w.-]+[\])>]? ){0,2}[[(<]?(?:[\w-]+\.)?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|FATAL|CRITICAL|SEVERE|ALERT|EMERG|EMERGENCY|(?:debug|info|notice|warn|warning|error|crit|critical|fatal|Info|Warning|Error|Debug)(?=[\])>]*:|[\])>]))\b|^[\w./-]+\[\d+\]: /

/** `<nick> hi`, `-!- nick has joined`, as IRC's logs have it. */
const ircLine = /^(?:-!-|<[ ~&@%+]?[^<>\s]+>) /

const isOfLog = (rest: string): boolean => ircLine.test(rest) || logLine.test(rest)
