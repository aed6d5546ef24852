import { words } from '../words.js'

/** Numbers of kinds of messages, which older versions have as text (https://discord.com/developers/docs/resources/message#message-object-message-types). */
const namesOfNumbers = words({
  '0': 'Default',
  '1': 'RecipientAdd',
  '2': 'RecipientRemove',
  '3': 'Call',
  '4': 'ChannelNameChange',
  '5': 'ChannelIconChange',
  '6': 'ChannelPinnedMessage',
  '7': 'GuildMemberJoin',
  '8': 'UserPremiumGuildSubscription',
  '9': 'UserPremiumGuildSubscriptionTier1',
  '10': 'UserPremiumGuildSubscriptionTier2',
  '11': 'UserPremiumGuildSubscriptionTier3',
  '12': 'ChannelFollowAdd',
  '14': 'GuildDiscoveryDisqualified',
  '15': 'GuildDiscoveryRequalified',
  '16': 'GuildDiscoveryGracePeriodInitialWarning',
  '17': 'GuildDiscoveryGracePeriodFinalWarning',
  '18': 'ThreadCreated',
  '19': 'Reply',
  '20': 'ChatInputCommand',
  '21': 'ThreadStarterMessage',
  '22': 'GuildInviteReminder',
  '23': 'ContextMenuCommand',
  '24': 'AutoModerationAction',
  '25': 'RoleSubscriptionPurchase',
  '26': 'InteractionPremiumUpsell',
  '27': 'StageStart',
  '28': 'StageEnd',
  '29': 'StageSpeaker',
  '31': 'StageTopic',
  '32': 'GuildApplicationPremiumSubscription',
  '36': 'GuildIncidentAlertModeEnabled',
  '37': 'GuildIncidentAlertModeDisabled',
  '38': 'GuildIncidentReportRaid',
  '39': 'GuildIncidentReportFalseAlarm',
  '44': 'PurchaseNotification',
  '46': 'PollResult',
})

/** What we call them; others get their own names, as `channel_icon_change`. */
const typesOfNames = words({
  Default: 'message',
  Reply: 'message',
  RecipientAdd: 'join',
  RecipientRemove: 'leave',
  GuildMemberJoin: 'join',
  Call: 'call',
  ChannelNameChange: 'name',
  ChannelPinnedMessage: 'pin',
  ThreadCreated: 'thread',
})

/** The kind of a message by its name; an ordinary one where the file does not say. */
export const nameOfType = (type: string | undefined): string =>
  type === undefined ? 'Default' : (namesOfNumbers.get(type) ?? type)

export const typeOfName = (name: string): string => typesOfNames.get(name) ?? toSnakeCase(name)

const toSnakeCase = (name: string): string =>
  name.replaceAll(/(?<=.)[A-Z]/g, (letter) => `_${letter}`).toLowerCase()
