import type {
  Effect,
  MachineEvent,
  Multipart,
  Part,
  State,
  Step,
  Transition,
} from './machine-types.ts'

/** A small bug: what one transition makes of it. */
export type Mutant = (step: Step, state: State, event: MachineEvent) => Transition

/** Bugs that a machine like ours could have. */
export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'ETags are not journaled': dropEffect('journalPart'),
  'parts of an old generation are not forgotten': dropEffect('forgetParts'),
  'a cancelled upload is not forgotten': dropEffect('forgetUpload'),
  'files are not closed': dropEffect('closeSource'),
  'kept files are not freed': dropEffect('releaseRef'),
  'the kept file of a failed upload is freed': (step, state, event) => {
    const { state: next, effects } = step(state, event)
    const { ref } = next.file
    if (ref === undefined || next.outcome !== 'failed') return { state: next, effects }
    return { state: next, effects: [...effects, { type: 'releaseRef', ref }] }
  },
  'slots are not given back': dropEffect('releaseSlots'),
  'abort is not called': dropEffect('callAbort'),
  'abort is called twice': repeatEffect('callAbort'),
  'nothing wakes what waits': dropEffect('wake'),
  'PUTs are not stopped': dropEffect('cancelPuts'),
  'urls calls are not dropped': dropEffect('dropCall'),
  'changes are not recorded': (step, state, event) => {
    const { state: next, effects } = step(state, event)
    // The first record of a multipart upload is waited for; the later ones are not.
    const silent = event.type === 'pause' || event.type === 'cancel' || event.type === 'resume'
    return { state: next, effects: effects.filter((e) => !silent || e.type !== 'journalUpload') }
  },
  'complete is called twice': repeatEffect('callComplete'),
  'parts are put twice': repeatEffect('put'),
  'urls are asked for twice': repeatEffect('callUrls'),
  'URLs are asked for one at a time': askFor((parts) => parts.slice(0, 1)),
  'URLs are asked for all at once': askFor((parts, { next, parts: last }) => [
    ...parts,
    ...Array.from({ length: last - next + 1 }, (_, index) => ({ part: next + index, failed: 0 })),
  ]),
  'URLs that are still good are asked for again': (step, state, event) => {
    const result = step(state, event)
    const ready = result.state.multipart?.ready.map(({ part }) => part) ?? []
    const again = (effect: Effect): Effect =>
      effect.type === 'callUrls'
        ? { ...effect, parts: [...new Set([...(effect.parts as number[]), ...ready])] }
        : effect
    return { ...result, effects: result.effects.map(again) }
  },
  'URLs are asked for when nothing is in flight': askFor((parts, { flights }) =>
    flights.length > 0 ? [] : parts,
  ),
  'slots are given back twice': repeatEffect('releaseSlots'),
  'ranges end too early': changeEffect('put', (put) => ({
    ...put,
    end: Math.max(Number(put.start), Number(put.end) - 1),
  })),
  'ranges begin too early': changeEffect('put', (put) => ({
    ...put,
    start: Math.max(0, Number(put.start) - 1),
  })),
  'ETags are journaled under the next part': changeEffect('journalPart', (journal) => ({
    ...journal,
    part: Number(journal.part) + 1,
  })),
  'URLs live for ever': onEvent('signed', (event) => ({
    ...event,
    urls: (event.urls as { part: number; url: string }[]).map((signed) => ({
      ...signed,
      lifeMs: undefined,
    })),
  })),
  'Retry-After is forgotten': (step, state, event) => {
    const failure = event.failure as object | undefined
    if (failure === undefined) return step(state, event)
    return step(state, { ...event, failure: { ...failure, retryAfterMs: undefined } })
  },
  'failed attempts of parts are not counted': afterEvent('partFailed', (state) =>
    withMultipart(state, ({ returned, delayed }) => ({
      returned: returned.map((part) => ({ ...part, failed: 0 })),
      delayed: delayed.map((part) => ({ ...part, failed: 0 })),
    })),
  ),
  'retries do not wait': afterEvent('partFailed', (state) =>
    withMultipart(state, ({ delayed }) => ({
      delayed: delayed.map((part) => ({ ...part, retryAt: 0 })),
    })),
  ),
  'failed calls are repeated at once': afterEvent('callFailed', (state) => ({
    ...withMultipart(state, () => ({ signRetryAt: 0 })),
    callRetryAt: 0,
  })),
  'a part that is confirmed is sent again': (step, state, event) => {
    const result = step(state, event)
    if (event.type !== 'partConfirmed') return result
    const { multipart } = result.state
    if (multipart === undefined || result.state === state) return result
    const again = { part: Number(event.part), failed: 0 }
    const { confirmed, confirmedBytes } = state.multipart ?? multipart
    return {
      ...result,
      state: withMultipart(result.state, ({ returned }) => ({
        confirmed,
        confirmedBytes,
        returned: [...returned, again],
      })),
    }
  },
  'a part whose PUT failed is lost': (step, state, event) => {
    const result = step(state, event)
    if (event.type !== 'partFailed') return result
    return {
      ...result,
      state: withMultipart(result.state, () => ({ returned: [], delayed: [] })),
    }
  },
  'PUTs do not wait for the record of their upload': (step, state, event) => {
    const { state: next, effects } = step(state, event)
    if (event.type !== 'started') return { state: next, effects }
    return { state: withMultipart(next, () => ({ recordTicket: 0 })), effects }
  },
  'that complete was sent is forgotten': (step, state, event) => {
    const { state: next, effects } = step(state, event)
    return { state: { ...next, completeLost: false }, effects }
  },
  'complete does not wait for the journal': (step, state, event) => {
    const early = withMultipart(state, () => ({ completeTicket: 0 }))
    return step(event.type === 'partConfirmed' ? early : state, event)
  },
  'pause is ignored': (step, state, event) =>
    event.type === 'pause' ? { state, effects: [] } : step(state, event),
  'resume is ignored': (step, state, event) =>
    event.type === 'resume' ? { state, effects: [] } : step(state, event),
  'cancel is ignored': (step, state, event) =>
    event.type === 'cancel' ? { state, effects: [] } : step(state, event),
  'retry is ignored': (step, state, event) =>
    event.type === 'retry' ? { state, effects: [] } : step(state, event),
  'useless multipart uploads are forgotten': (step, state, event) => {
    const { state: next, effects } = step(state, event)
    return { state: { ...next, abandoned: [] }, effects }
  },
  'nobody notices that a file changed': (step, state, event) => {
    if (event.type !== 'opened' || state.hash === undefined) return step(state, event)
    const { size, lastModified } = state.file
    return step(state, { ...event, size, lastModified })
  },
  'being offline is ignored': (step, state, event) =>
    step(state, event.gate === 'network' ? { ...event, gate: 'open' } : event),
  'a new multipart upload keeps the generation': (step, state, event) => {
    const { state: next, effects } = step(state, event)
    return { state: { ...next, generation: 0 }, effects }
  },
  'sentBytes falls when a part fails': afterEvent('partFailed', (state) => ({
    ...state,
    sentBytes: state.multipart?.confirmedBytes ?? state.sentBytes,
  })),
  'NoSuchUpload is an error like any other': (step, state, event) => {
    const failure = event.failure as { readonly reason?: string } | undefined
    if (failure?.reason !== 'NoSuchUpload') return step(state, event)
    return step(state, { ...event, failure: { ...failure, status: 400, reason: 'Other' } })
  },
  'lost answers to complete are believed': (step, state, event) => {
    const failure = event.failure as { readonly kind?: string } | undefined
    if (event.call !== 'complete' || failure?.kind !== 'exchange') return step(state, event)
    return step(state, { type: 'completed', now: event.now, ticket: event.ticket })
  },
}

/** Bugs that only show where nothing else disturbs. */
export const CALM_MUTANTS: Readonly<Record<string, Mutant>> = {
  'URLs are asked for when none is left': askFor((parts, { ready }) =>
    ready.length > 0 ? [] : parts,
  ),
}

/** Bugs that only show where one file waits for another. */
export const WAITING_MUTANTS: Readonly<Record<string, Mutant>> = {
  'nobody renews URLs before a turn comes': (step, state, event) =>
    event.type === 'slotAnnounced' ? { state, effects: [] } : step(state, event),
  'an upload in line tells nobody that its URLs grow old': changeEffect('wantSlots', (wish) => ({
    ...wish,
    aging: false,
  })),
}

function dropEffect(type: string): Mutant {
  return (step, state, event) => {
    const result = step(state, event)
    return { ...result, effects: result.effects.filter((effect) => effect.type !== type) }
  }
}

function repeatEffect(type: string): Mutant {
  return (step, state, event) => {
    const result = step(state, event)
    const effects = result.effects.flatMap((e) => (e.type === type ? [e, twin(e)] : [e]))
    return { ...result, effects }
  }
}

/** Of two tasks with one id a queue would take only the first. */
function twin(effect: Effect): Effect {
  const taskId = effect.taskId
  return typeof taskId === 'string' ? { ...effect, taskId: `${taskId}0` } : effect
}

function changeEffect(type: string, change: (effect: Effect) => Effect): Mutant {
  return (step, state, event) => {
    const result = step(state, event)
    return { ...result, effects: result.effects.map((e) => (e.type === type ? change(e) : e)) }
  }
}

/** Changes for which parts a urls call asks; the others wait for the next one. */
function askFor(choose: (parts: readonly Part[], multipart: Multipart) => readonly Part[]): Mutant {
  return (step, state, event) => {
    const result = step(state, event)
    const { multipart } = result.state
    if (multipart?.signing === undefined) return result
    if (!result.effects.some(({ type }) => type === 'callUrls')) return result
    const { signing } = multipart
    const chosen = choose(signing.parts, multipart)
    const others = signing.parts.filter((part) => !chosen.includes(part))
    const parts = chosen.map(({ part }) => part)
    return {
      state: withMultipart(result.state, ({ returned, next }) => ({
        signing: parts.length === 0 ? undefined : { ...signing, parts: chosen },
        returned: [...others, ...returned].sort((a, b) => a.part - b.part),
        next: Math.max(next, ...parts.map((part) => part + 1)),
      })),
      effects: result.effects.flatMap((effect) => {
        if (effect.type !== 'callUrls') return [effect]
        return parts.length === 0 ? [] : [{ ...effect, parts }]
      }),
    }
  }
}

function onEvent(type: string, change: (event: MachineEvent) => MachineEvent): Mutant {
  return (step, state, event) => step(state, event.type === type ? change(event) : event)
}

function afterEvent(type: string, change: (state: State) => State): Mutant {
  return (step, state, event) => {
    const result = step(state, event)
    return event.type === type ? { ...result, state: change(result.state) } : result
  }
}

function withMultipart(
  state: State,
  change: (multipart: Multipart) => Partial<Multipart> | { readonly delayed: readonly object[] },
): State {
  const { multipart } = state
  if (multipart === undefined) return state
  return { ...state, multipart: { ...multipart, ...change(multipart) } as Multipart }
}
