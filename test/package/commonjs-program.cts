import convodb = require('convodb')

/** What a program in CommonJS writes: compiled with its types, and run as it is. */
async function main(): Promise<void> {
  const db = await convodb.openDatabase(':memory:')
  await db.storeMessage({ messageId: '1', channelId: 'c', userId: 'u', content: 'hi', timestamp: 0 })
  const items: convodb.Message[] = (await db.getMessages({ channelId: 'c' })).items
  const refusal: unknown = await db.getMessages({ channelId: '' }).catch((error: unknown) => error)
  await db.close()
  const code = refusal instanceof convodb.ConvoDbError ? refusal.code : String(refusal)
  process.stdout.write(JSON.stringify({ items: items.length, code }))
}

void main()
