/** Examples for the end of a help text: what each does, and under it the command, which may be long. */
export function examples(lines: readonly (readonly [command: string, meaning: string])[]): string {
  return `\nExamples:\n${lines.map(([command, meaning]) => `  # ${meaning}\n  ${command}`).join('\n')}\n`;
}
