/**
 * Passes on how much of a part was sent as the port wants it: never falling, since a browser that
 * sends a request again counts anew, and never above the part.
 */
export function sentBytes(
  partBytes: number,
  onProgress: (sentBytes: number) => void,
): (loaded: number) => void {
  let told = 0
  return (loaded) => {
    const sent = Math.min(loaded, partBytes)
    if (sent <= told) return
    told = sent
    onProgress(sent)
  }
}
