/**
 * The TurboModule for React Native's codegen, which wants everything in one file and types of its
 * own; it says what `NativeModule` says. Nothing else imports React Native.
 */
import type { CodegenTypes, TurboModule } from 'react-native'
import { TurboModuleRegistry } from 'react-native'

export interface File {
  readonly name: string
  readonly size: number
  readonly lastModified: number
}

export interface FileRef {
  readonly path: string
  readonly size: number
  readonly lastModified: number
}

export interface Task {
  readonly id: string
  readonly url: string
  readonly file: FileRef
  readonly start: number
  readonly end: number
}

export interface Header {
  readonly name: string
  readonly value: string
}

export interface TaskStatus {
  readonly id: string
  readonly state: string
  readonly sentBytes?: number
  readonly status?: number
  readonly headers?: ReadonlyArray<Header>
  readonly body?: string
  readonly code?: string
  readonly message?: string
}

export interface HashProgress {
  readonly id: string
  readonly hashedBytes: number
}

export interface Constraints {
  readonly unmetered: boolean
  readonly notRoaming: boolean
  readonly charging: boolean
}

export interface Window {
  readonly tasks: number
  readonly bytes: number
}

export interface Spec extends TurboModule {
  open(path: string): Promise<File>
  read(file: FileRef, start: number, end: number): Promise<string>
  hash(id: string, file: FileRef): Promise<string>
  cancelHash(id: string): Promise<void>
  enqueue(tasks: ReadonlyArray<Task>): Promise<void>
  list(): Promise<ReadonlyArray<TaskStatus>>
  cancel(ids: ReadonlyArray<string>): Promise<void>
  acknowledge(ids: ReadonlyArray<string>): Promise<void>
  window(): Promise<Window>
  setConstraints(constraints: Constraints): Promise<void>
  isConstrained(): Promise<boolean>
  setNotification(title: string, subtitle: string): Promise<void>
  finishWake(): Promise<void>
  readonly onTask: CodegenTypes.EventEmitter<TaskStatus>
  readonly onHashed: CodegenTypes.EventEmitter<HashProgress>
  readonly onConstrained: CodegenTypes.EventEmitter<boolean>
}

// biome-ignore lint/style/noDefaultExport: codegen looks for it.
export default TurboModuleRegistry.getEnforcing<Spec>('S3BgUploader') as Spec
