/** What happened in a run, a line an event: virtual time in seconds, actor, event. */
export class Transcript {
  readonly lines: string[] = []

  note(nowMs: number, actor: string, event: string): void {
    const time = (nowMs / 1000).toFixed(3).padStart(10)
    this.lines.push(`${time}  ${actor.padEnd(8)} ${event}`)
  }
}
