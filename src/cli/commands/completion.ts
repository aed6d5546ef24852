import { Argument, Command } from 'commander'

type Shell = 'bash' | 'zsh' | 'fish'

/** `convodb completion bash`: what makes a shell complete convodb's commands and options. */
export function completionCommand(): Command {
  return new Command('completion')
    .description('print the script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'which one').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', help)
    .action(async (shell: Shell) => {
      process.stdout.write(await scriptFor(shell))
    })
}

const help = `
Examples:
  $ source <(convodb completion bash)                 # in ~/.bashrc
  $ source <(convodb completion zsh)                  # in ~/.zshrc, behind compinit
  $ convodb completion fish > ~/.config/fish/completions/convodb.fish`

async function scriptFor(shell: Shell): Promise<string> {
  const [{ loadAllCommands }, { wordsOf }] = await Promise.all([
    import('../commands.js'),
    import('../completion/words.js'),
  ])
  const words = (await loadAllCommands()).map((command) => wordsOf(command))
  switch (shell) {
    case 'bash':
      return (await import('../completion/bash.js')).bashScript(words)
    case 'zsh':
      return (await import('../completion/zsh.js')).zshScript(words)
    case 'fish':
      return (await import('../completion/fish.js')).fishScript(words)
  }
}
