/** What people say. `{topic}` stands for one of the topics, `{name}` for the person addressed. */
export interface Language {
  /** ISO 639-1. */
  readonly code: string
  readonly givenNames: readonly string[]
  readonly familyNames: readonly string[]
  readonly topics: readonly string[]
  readonly questions: readonly string[]
  readonly answers: readonly string[]
  readonly reactions: readonly string[]
  readonly thanks: readonly string[]
}

/** Among them wide characters and right-to-left text. */
export const languages: readonly Language[] = [
  {
    code: 'en',
    givenNames: ['Olivia', 'Noah', 'Maya', 'Ethan', 'Priya', 'Jürgen', 'Zoë', 'Marcus'],
    familyNames: ['Walker', 'Bennett', 'Okafor', 'Hughes', 'Müller', 'Lawson'],
    topics: ['sourdough', 'cold brew', 'night trains', 'hiking in Wales', 'SQLite', 'nightly backups'],
    questions: ['Has anybody tried {topic} lately?', 'Any tips for {topic}? I only have an hour on Sunday.'],
    answers: [
      'Yes, last year. Start small and change one thing at a time.',
      '{name}, I had the same problem. It went away when I started over. 🤷‍♀️',
      'There is a good write-up about {topic}: https://example.org/notes',
      'Depends: for two people it is fine, for ten I would plan ahead.',
    ],
    reactions: ['Ha, same here 😂', 'Good point, {name}.', 'And how long did it take you?', '+1'],
    thanks: ['Works now, thank you {name} 🎉', 'Perfect, I will report back.'],
  },
  {
    code: 'ja',
    givenNames: ['陽菜', '蓮', 'さくら', '大翔', '美咲', '悠真', '葵', '健太'],
    familyNames: ['佐藤', '鈴木', '高橋', '田中', '渡辺', '小林'],
    topics: ['ぬか漬け', '味噌ラーメン', '夜行列車', '北海道旅行', 'SQLite', 'バックアップ'],
    questions: ['{topic}に詳しい人いますか?', '{topic}のコツを教えてください。'],
    answers: [
      '去年やりました。小さく始めるのがおすすめです。',
      '{name}さん、私も同じでした。最初からやり直したら直りました。',
      '{topic}ならこれが分かりやすいです。 https://example.org/notes',
    ],
    reactions: ['私もです😂', '{name}さんの言う通り。', 'どのくらいかかりましたか?', 'なるほど!'],
    thanks: ['{name}さん、ありがとうございます🙏', '助かりました!'],
  },
  {
    code: 'ar',
    givenNames: ['ليلى', 'عمر', 'سارة', 'يوسف', 'نور', 'خالد', 'مريم', 'طارق'],
    familyNames: ['منصور', 'الخطيب', 'حداد', 'النجار', 'سالم', 'قاسم'],
    topics: ['القهوة العربية', 'خبز البيت', 'القطارات الليلية', 'قواعد البيانات', 'النسخ الاحتياطي'],
    questions: ['هل جرّب أحد {topic} مؤخرًا؟', 'سؤال سريع عن {topic}: من أين أبدأ؟'],
    answers: [
      'نعم، في العام الماضي. ابدأ بالقليل وغيّر شيئًا واحدًا كل مرة.',
      'يا {name}، حدث معي الأمر نفسه، ثم بدأت من جديد فنجح.',
      'الشرح هنا واضح: https://example.org/notes',
    ],
    reactions: ['هههه، وأنا أيضًا 😂', 'كلام صحيح يا {name}', 'كم استغرق ذلك؟'],
    thanks: ['نجح الأمر، شكرًا يا {name} 🙏', 'ممتاز، شكرًا جزيلًا'],
  },
]
