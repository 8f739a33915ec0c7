/** Runs `work`; rejects when it is not done in time, so that a case that hangs says so. */
export async function within<T>(patienceMs: number, work: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`Not done after ${patienceMs} ms: something never settled`))
    }, patienceMs)
  })
  try {
    return await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}
