import {
  isUploadError,
  type Transfer,
  type Upload,
  UploadError,
  type UploadSnapshot,
} from '@s3-bg-uploader/core'
import type { Command, GroupVerb, View } from './messages.ts'
import { MirrorGroup } from './mirror-group.ts'
import { MirrorUpload, type UploadCommands } from './mirror-upload.ts'
import { askForPermission, handlesToPermit } from './permission.ts'
import type { Requests } from './requests.ts'

/** All uploads, as the leader showed them last. Handles stay the same whoever leads. */
export class Mirror<TFile> {
  readonly all: MirrorGroup
  readonly #requests: Requests<TFile>
  readonly #leads: () => boolean
  readonly #report: (problem: UploadError) => void
  readonly #uploads = new Map<string, MirrorUpload>()
  readonly #transfers = new Map<string, MirrorGroup>()
  readonly #commands: UploadCommands

  readonly #reportThrown = (cause: unknown): void => {
    const message = 'A listener of the application threw'
    this.#report(new UploadError('internal', message, { cause }))
  }

  constructor(options: {
    readonly requests: Requests<TFile>
    /** Whether this tab leads: then its transport asks the user for what it needs. */
    readonly leads: () => boolean
    readonly report: (problem: UploadError) => void
  }) {
    const { requests, leads, report } = options
    this.#requests = requests
    this.#leads = leads
    this.#report = report
    this.all = this.#newGroup('', (verb) => ({ type: 'all', verb }))
    this.#commands = {
      command: (id, verb) => {
        const upload = this.#uploads.get(id)
        return this.#command({ type: 'upload', id, verb }, upload ? [upload] : [])
      },
      listParts: async (id) => (await requests.ask({ type: 'listParts', id })).parts ?? [],
      report: this.#reportThrown,
    }
  }

  upload(id: string): Upload | undefined {
    return this.#uploads.get(id)
  }

  transfer(transferId: string): Transfer {
    return this.#group(transferId)
  }

  /** Takes in what the leader showed: all there is if `whole`, or else what changed. */
  show(view: View<UploadSnapshot>, whole: boolean): void {
    const changed: { notify(): void }[] = view.uploads.map((snapshot) => this.#showUpload(snapshot))
    const lost = whole ? this.#missingIn(view) : []
    for (const upload of lost) upload.lose()
    this.#remove([...view.removed, ...lost.map(({ id }) => id)])
    if (view.order !== undefined) this.#sort(view.order)
    changed.push(...lost, ...this.#showGroups(view, whole))
    // Only now, so that whoever hears of one thing sees all of it.
    for (const one of changed) one.notify()
  }

  close(error: UploadError): void {
    for (const upload of this.#uploads.values()) upload.close(error)
  }

  prune(): void {
    void this.#command({ type: 'all', verb: 'prune' }, [])
  }

  /** Resolves once the leader has done it, or never will. */
  async #command(command: Command<TFile>, uploads: readonly Upload[]): Promise<void> {
    if ('verb' in command && command.verb === 'resume' && !this.#leads()) {
      const handles = handlesToPermit(uploads.map((upload) => upload.getSnapshot()))
      if (handles.length > 0) await askForPermission(handles)
    }
    try {
      await this.#requests.ask(command)
    } catch (error) {
      // Of what is closed nothing can be paused or resumed any more.
      if (isUploadError(error) && error.code !== 'closed') this.#report(error)
    }
  }

  #showUpload(snapshot: UploadSnapshot): MirrorUpload {
    const known = this.#uploads.get(snapshot.id)
    if (known !== undefined) {
      known.show(snapshot)
      return known
    }
    const upload = new MirrorUpload(snapshot, this.#commands)
    this.#uploads.set(upload.id, upload)
    for (const group of this.#groupsOf(upload)) group.members.push(upload)
    return upload
  }

  #missingIn({ uploads }: View<UploadSnapshot>): MirrorUpload[] {
    const shown = new Set(uploads.map(({ id }) => id))
    return [...this.#uploads.values()].filter(({ id }) => !shown.has(id))
  }

  #remove(ids: readonly string[]): void {
    const removed = new Set<Upload>()
    const groups = new Set<MirrorGroup>()
    for (const id of ids) {
      const upload = this.#uploads.get(id)
      if (upload === undefined) continue
      removed.add(upload)
      for (const group of this.#groupsOf(upload)) groups.add(group)
      this.#uploads.delete(id)
    }
    for (const group of groups) {
      group.members = group.members.filter((member) => !removed.has(member))
    }
  }

  #sort(ids: readonly string[]): void {
    const place = new Map(ids.map((id, at) => [id, at]))
    const placeOf = ({ id }: Upload): number => place.get(id) ?? place.size
    for (const group of [this.all, ...this.#transfers.values()]) {
      group.members.sort((a, b) => placeOf(a) - placeOf(b))
    }
  }

  #showGroups({ all, transfers }: View<UploadSnapshot>, whole: boolean): MirrorGroup[] {
    const shown = new Map(transfers.map(([id, snapshot]) => [this.#group(id), snapshot]))
    this.all.show(all)
    const groups = whole ? [...this.#transfers.values()] : [...shown.keys()]
    for (const group of groups) group.show(shown.get(group))
    return [this.all, ...groups]
  }

  #groupsOf(upload: MirrorUpload): MirrorGroup[] {
    const { transferId } = upload.getSnapshot()
    return transferId === undefined ? [this.all] : [this.all, this.#group(transferId)]
  }

  #group(transferId: string): MirrorGroup {
    const known = this.#transfers.get(transferId)
    if (known !== undefined) return known
    const group = this.#newGroup(transferId, (verb) => ({ type: 'transfer', transferId, verb }))
    this.#transfers.set(transferId, group)
    return group
  }

  #newGroup(transferId: string, commandOf: (verb: GroupVerb) => Command<TFile>): MirrorGroup {
    const command = (verb: GroupVerb): Promise<void> =>
      this.#command(commandOf(verb), group.members)
    const group = new MirrorGroup(transferId, command, this.#reportThrown)
    return group
  }
}
