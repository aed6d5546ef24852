/** `WhatsApp Chat with Ada.txt`, `WhatsApp-Chat mit Ada.txt`, `Chat de WhatsApp con Ada.txt`, `WhatsApp Chat - Ada.zip` */
const named = /^.*WhatsApp.*? (?:with|mit|con|avec|com|met|med|-|–) (?<name>.+)$/i

/** The chat by what a file is called, or, where that is `_chat.txt`, what the archive or folder is called that it is in. */
export function chatNameOf(sourceName: string): string {
  const names = sourceName.split(/[\\/]/)
  const file = bare(names.pop() ?? sourceName)
  const parent = bare(names.pop() ?? '')
  const own = file === '_chat' && parent !== '' ? parent : file
  return named.exec(own)?.groups?.['name'] ?? own
}

/** Without ending, and without the number that a browser puts behind a second download. */
const bare = (name: string): string =>
  name
    .replace(/\.gz$/i, '')
    .replace(/\.(?:txt|zip)$/i, '')
    .replace(/ \(\d+\)$/, '')
