import type { Case, CaseList } from './case-list.ts'

type Answer = { readonly cases: readonly Case[] } | { readonly failure: string | undefined }

/** Lets the page that started this worker run the cases. */
export function serveCases({ cases, run }: CaseList): void {
  addEventListener('message', ({ data }: MessageEvent<string>) => {
    void run(data).then((failure) => postMessage({ failure } satisfies Answer))
  })
  postMessage({ cases } satisfies Answer)
}

/** The cases that a worker serves, run one at a time. */
export async function casesOfWorker(url: string): Promise<CaseList> {
  const worker = new Worker(url, { type: 'module' })
  const answer = (): Promise<Answer> =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<Answer>) => resolve(data)
      worker.onerror = ({ message }) => reject(new Error(message))
    })
  const first = await answer()
  return {
    cases: 'cases' in first ? first.cases : [],
    async run(name) {
      const answered = answer()
      worker.postMessage(name)
      const result = await answered
      return 'failure' in result ? result.failure : 'The worker answered something else'
    },
  }
}
