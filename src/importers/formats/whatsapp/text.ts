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

/** At its end, after an invisible mark, or in words that we know. */
const edited =
  /(?: ?\u200E<[^<>:]{5,60}>| ?<(?:This message was edited|Diese Nachricht wurde bearbeitet\.?|Se editó este mensaje\.?)>)$/u

/** `<attached: 00000012-PHOTO.jpg>`, as on iPhones. */
const attached = /\u200E?<[^<>:\n]{3,24}: (?<name>[^<>\n]+\.\w{1,5})>/u
/** `IMG-20201224-WA0001.jpg (file attached)`, as on Android, with an invisible mark or in words that we know. */
const fileAttached =
  /^(?:\u200E(?<marked>[^\n()]+\.\w{1,5}) \([^()\n]+\)|(?<known>[^\n()]+\.\w{1,5}) \((?:file attached|Datei angehängt|archivo adjunto|fichier joint|file allegato|arquivo anexado)\))/u

/** The whole text, as `<Media omitted>` in any language, or `image omitted`. */
const omitted =
  /^(?:<[^<>\n]{5,50}>|\u200E?(?:image|video|audio|sticker|GIF|document|Contact card) omitted)$/u

const mention = /@\u2068(?<name>[^\u2069\n]+)\u2069/gu
const leadingMark = /^[\u200E\u200F]+/u

export function readText(text: string): ReadText {
  const attachment = attached.exec(text) ?? fileAttached.exec(text)
  const groups = attachment?.groups
  const name = groups?.['name'] ?? groups?.['marked'] ?? groups?.['known']
  const isEdited = name === undefined && !omitted.test(text) && edited.test(text)
  const content = isEdited ? text.replace(edited, '') : text
  const names = [...text.matchAll(mention)].flatMap(({ groups: found }) => found?.['name'] ?? [])
  return {
    content: content.replace(leadingMark, ''),
    isEdited: isEdited ? true : undefined,
    attachments: name === undefined ? [] : [{ name, url: name }],
    isMediaOmitted: omitted.test(text) ? true : undefined,
    mentions: [...new Set(names)].map((mentioned) => ({ userId: `whatsapp:${mentioned}`, name: mentioned })),
  }
}
