import type { AttachmentMetadata, MentionMetadata } from '../metadata.js'

/** What a message's text says beside words. */
export interface ReadText {
  readonly content: string
  readonly isEdited: true | undefined
  readonly attachments: readonly AttachmentMetadata[]
  /** Something was sent that the export does not have. */
  readonly isMediaOmitted: true | undefined
  readonly mentions: readonly MentionMetadata[]
}

/** What is said of an edit, in words that we know; iPhones put an invisible mark before it, whatever the language. */
const editedWords = [
  'This message was edited',
  'Diese Nachricht wurde bearbeitet',
  'Se editó este mensaje',
  'Ce message a été modifié',
  'Questo messaggio è stato modificato',
  'Mensagem editada',
  'Dit bericht is bewerkt',
  'Bu mesaj düzenlendi',
  'Сообщение изменено',
  'Pesan ini diedit',
].join('|')
const edited = new RegExp(String.raw`(?: ?\u200E<[^<>:]{2,60}>| ?<(?:${editedWords})\.?>)$`, 'u')

/** `<attached: 00000012-PHOTO.jpg>`, `<附件：00000012-PHOTO.jpg>`, as on iPhones. */
const attached = /\u200E?<[^<>:：\n]{2,24}(?:: |：)(?<name>[^<>\n]+\.\w{1,5})>/u
/** `IMG-20201224-WA0001.jpg (file attached)`, as on Android, with an invisible mark, with such a name or in words that we know. */
const fileAttached =
  /^(?:\u200E(?<marked>[^\n()]+\.\w{1,5}) \([^()\n]+\)|(?<numbered>[A-Z]{3}-\d{8}-WA\d{4,}\.\w{0,5}|[^\n()]+\.vcf) \([^()\n]+\)|(?<known>[^\n()]+\.\w{1,5}) \((?:file attached|Datei angehängt|archivo adjunto|fichier joint|file allegato|arquivo anexado|ficheiro anexado|bestand bijgevoegd|файл добавлен|dosya ekli|file terlampir|文件附件|添付ファイル有り|파일 첨부됨)\))/u

/** The whole text, as `<Media omitted>` in any language, or `image omitted`. */
const omitted =
  /^(?:<[^<>\n]{4,60}>|\u200E?(?:image|video|video note|audio|sticker|GIF|document|Contact card) omitted)$/u
/** `plan.pdf • 2 pages document omitted` */
const omittedFile = /^(?<name>[^\n•]+\.\w{1,5})(?: • [^\n]{1,30})? \u200E?document omitted$/u
/** What an iPhone left out, in any language: it marks the line and what it says instead. */
const marked =
  /^(?:(?<file>[^\n•\u200E]+\.\w{1,5}) (?:• \u200E?[^\n\u200E]{1,30} )?)?\u200E[^\n:<>\u200E]{3,40}$/u

/** What is marked in the same way, and is no file. */
const notFile =
  /deleted|gelöscht|elimin|supprim|apag|verwijderd|удал|sil(?:indi|diniz)|dihapus|call|anruf|llamada|appel|chiamata|chamada|ligação|oproep|звон|panggilan/iu

const mention = /@\u2068(?<name>[^\u2069\n]+)\u2069/gu
const leadingMark = /^[\u200E\u200F]+/u

/** @param isMarked an invisible mark stood before the message's date, as iPhones put it before what is more than text. */
export function readText(text: string, isMarked: boolean): ReadText {
  const groups = (attached.exec(text) ?? fileAttached.exec(text))?.groups
  const name = groups?.['name'] ?? groups?.['marked'] ?? groups?.['numbered'] ?? groups?.['known']
  const left = name === undefined ? leftOut(text, isMarked) : undefined
  const isEdited = name === undefined && left === undefined && edited.test(text)
  const content = isEdited ? text.replace(edited, '') : text
  const names = [...text.matchAll(mention)].flatMap(({ groups: found }) => found?.['name'] ?? [])
  return {
    content: content.replace(leadingMark, ''),
    isEdited: isEdited ? true : undefined,
    attachments: name === undefined ? (left ?? []) : [{ name, url: name }],
    isMediaOmitted: left === undefined ? undefined : true,
    mentions: [...new Set(names)].map((mentioned) => ({ userId: `whatsapp:${mentioned}`, name: mentioned })),
  }
}

/** What was sent and is not in the export, as far as it is named; undefined where nothing was. */
function leftOut(text: string, isMarked: boolean): readonly AttachmentMetadata[] | undefined {
  const file = omittedFile.exec(text) ?? (isMarked && !notFile.test(text) ? marked.exec(text) : null)
  if (file === null) return omitted.test(text) ? [] : undefined
  const name = file.groups?.['name'] ?? file.groups?.['file']
  return name === undefined ? [] : [{ name }]
}
