import { describe, expect, it } from 'vitest'
import { isWhatsApp } from '../../src/importers/formats/whatsapp/recognize.js'

const isChat = (path: string, ...lines: string[]) => isWhatsApp({ path, text: `${lines.join('\n')}\n` })

describe('by its lines alone', () => {
  it.each([
    ['2024-01-02 03:04:05: INFO: started'],
    ['2024/01/02 03:04:05: worker[1]: started'],
    ['05.02.2024 12:00:01: Backup gestartet'],
    ['2024-01-02 03:04:05: nginx: started'],
    ['2024-01-02 03:04:05: disk is full'],
    ['2024-01-02, 03:04:05: INFO: started'],
    ['2024-01-02, 03:04:05: started'],
    ['[2024-01-02 03:04:05] INFO: started'],
    ['[2024-01-02 03:04:05] production.ERROR: failed'],
    ['[2024-01-02 03:04:05] [error] failed: badly'],
    ['[2024-01-02 03:04:05] started'],
    ['2024-01-02 03:04:05 - root - INFO - started'],
    ['2024-01-02 03:04 - WARN: disk is full'],
    ['2024-01-02 03:04 - -!- ada has joined #garden'],
    ['[2024-01-02 03:04:05] <ada> hi: all'],
    ['[2024-01-02 03:04:05] <@ada> hi'],
    ['3/4/21 was a fine day'],
    [''],
  ])('%j is no chat', (line) => {
    expect(isChat('notes.txt', line)).toBe(false)
    expect(isChat('notes.txt', line, line, line)).toBe(false)
  })

  it.each([
    ['24/12/14, 18:30:00: Ada: hi'],
    ['2014-12-24 18:30:00: Ada Lovelace: hi'],
    ['[24/12/20, 18:30:00] Ada: hi'],
    ['[2020-12-24 18:30:00] Ada: hi'],
    ['[18:30, 24/12/2020] Ada: hi'],
    ['24/12/2020, 18:30 - Ada: hi'],
    ['24/12/2020, 18:30 - Ada created group “Garden”'],
    ['2020-12-24 18:30 - Ada: I have no information: sorry'],
  ])('%j is a chat', (line) => {
    expect(isChat('notes.txt', line)).toBe(true)
    expect(isChat('notes.txt', 'the end of something', line)).toBe(true)
  })
})

describe('by what the file is called', () => {
  it.each(['_chat.txt', 'a/_chat.txt', 'WhatsApp Chat with Ada.txt', 'محادثة واتساب مع Ada.txt'])(
    '%s is a chat whose first lines have no names',
    (path) => {
      expect(isChat(path, '05.02.2014 12:00:01: Gruppe erstellt')).toBe(true)
      expect(isChat(path, '[2014-02-05 12:00:01] Gruppe erstellt')).toBe(true)
    },
  )

  it('is none where its lines are those of a log', () => {
    expect(isChat('#whatsapp.log', '[2024-01-02 03:04:05] <ada> hi')).toBe(false)
    expect(isChat('whatsapp-bot.log', '2024-01-02 03:04:05: started')).toBe(false)
    expect(isChat('WhatsApp/service.txt', '2024-01-02 03:04:05: started')).toBe(false)
  })
})
